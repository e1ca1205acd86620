#include "set_up/metadata_options.hpp"
#include <ancillary/recvmsg/detail/set_up.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/option_support.hpp>

#include <asio/error.hpp>
#include <gsl/assert>

namespace ancillary {

namespace {

enum class families { v4, v6, both };

families families_of(detail::native_socket socket) noexcept {
  const auto v6_only = detail::v6_only(socket);
  return !v6_only ? families::v4 : *v6_only ? families::v6 : families::both;
}

std::error_code switch_on(detail::native_socket socket, families taken,
                          const detail::enabling_option& option,
                          std::uint32_t max_coalesced_bytes) {
  const bool wants_v4 =
      taken == families::v4 || (taken == families::both && option.v4_on_dual_stack);
  const bool wants_v6 = taken != families::v4;
  if ((wants_v4 && !option.v4 && !wants_v6) || (wants_v6 && !option.v6)) {
    return asio::error::operation_not_supported;
  }
  std::error_code error;
  if (wants_v6) {
    error = detail::switch_on(socket, *option.v6, max_coalesced_bytes);
  }
  if (!error && wants_v4 && option.v4 && !(wants_v6 && option.v4 == option.v6)) {
    error = detail::switch_on(socket, *option.v4, max_coalesced_bytes);
  }
  return error;
}

std::string_view available_since(const detail::enabling_option& option) noexcept {
  const option_support* const known = find_option_support(option.name);
  return known != nullptr ? known->available_since : option.available_since;
}

// Wine has no text for some codes, so the number is always there.
std::string reason_text(const std::error_code& error) {
  if (error == asio::error::operation_not_supported) {
    return "not supported here";
  }
  if (error == asio::error::no_protocol_option) {
    return "no such option here (" + std::to_string(error.value()) + ")";
  }
  if (error == asio::error::message_size) {
    return "coalesced buffers do not fit, a payload_capacity of 65535 is needed";
  }
  return error.message() + " (" + std::to_string(error.value()) + ")";
}

} // namespace

std::string to_string(const metadata_grant& grant) {
  std::string line(to_string(grant.what));
  if (grant.granted) {
    line.append(": granted (").append(grant.option).append(")");
    return line;
  }
  line.append(": refused (").append(grant.option).append(": ").append(reason_text(grant.error));
  const bool is_there = grant.error == asio::error::message_size; // only the slots are too small
  if (!grant.available_since.empty() && !is_there) {
    line.append("; ").append(grant.available_since).append(" brings it");
  }
  return line.append(")");
}

const metadata_grant* metadata_report::find(field what) const noexcept {
  for (const metadata_grant& grant : grants()) {
    if (grant.what == what) {
      return &grant;
    }
  }
  return nullptr;
}

const metadata_grant* metadata_report::first_missing() const noexcept {
  for (const metadata_grant& grant : grants()) {
    if (grant.required && !grant.granted) {
      return &grant;
    }
  }
  return nullptr;
}

void metadata_report::add(const metadata_grant& grant) noexcept {
  Expects(count_ < grants_.size());
  grants_[count_++] = grant;
  (grant.granted ? granted_ : refused_).insert(grant.what);
}

metadata_report request_metadata(detail::native_socket socket, const metadata_request& request,
                                 std::error_code& error) {
  metadata_report report;
  error.clear();
  const families taken = families_of(socket);
  for (const field what : request.requested()) {
    metadata_grant grant;
    grant.what = what;
    grant.required = request.required().contains(what);

    // The ECN bits come with the traffic class; a second message for them would only cost.
    const metadata_grant* const traffic_class = report.find(field::traffic_class);
    if (what == field::ecn && traffic_class != nullptr && traffic_class->granted) {
      grant.granted = true;
      grant.option = traffic_class->option;
      report.add(grant);
      continue;
    }

    for (const detail::enabling_option& option : detail::enabling_options(what)) {
      const std::error_code reason =
          switch_on(socket, taken, option, request.max_coalesced_bytes());
      if (!reason || grant.option.empty()) {
        grant.granted = !reason;
        grant.option = option.name;
        grant.error = reason;
        grant.available_since = reason ? available_since(option) : std::string_view{};
      }
      if (!reason) {
        break;
      }
    }
    report.add(grant);
  }
  if (const metadata_grant* const missing = report.first_missing()) {
    error = missing->error;
  }
  return report;
}

metadata_report request_metadata(detail::native_socket socket, const metadata_request& request) {
  std::error_code error;
  const metadata_report report = request_metadata(socket, request, error);
  if (error) {
    detail::throw_set_up_error(error, report);
  }
  return report;
}

metadata_report request_metadata(asio::ip::udp::socket& socket, const metadata_request& request,
                                 std::error_code& error) {
  return request_metadata(socket.native_handle(), request, error);
}

metadata_report request_metadata(asio::ip::udp::socket& socket, const metadata_request& request) {
  return request_metadata(socket.native_handle(), request);
}

} // namespace ancillary
