#include "set_up/metadata_options.hpp"
#include "set_up/socket_families.hpp"
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/detail/set_up.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/option_support.hpp>

#include <asio/error.hpp>
#include <gsl/assert>

namespace ancillary {

namespace {

using detail::families;

class metadata_category_type final : public std::error_category {
public:
  const char* name() const noexcept override { return "ancillary.metadata"; }
  std::string message(int code) const override {
    switch (static_cast<metadata_errc>(code)) {
    case metadata_errc::faulty_beside_coalescing:
      return "Windows Server 2022, build 20348, reports wrong TTL and TOS with coalescing";
    case metadata_errc::hardware_timestamps_off:
      return "hardware timestamps are off on all interfaces; "
             "\"hwstamp_ctl -i INTERFACE -r 1\" turns them on";
    case metadata_errc::no_hardware_timestamps:
      return "no interface makes hardware timestamps";
    }
    return "unknown";
  }
};

// Whether the system does not support the option on this kind of socket, rather than failed.
bool is_unknown_option(const std::error_code& error) noexcept {
  return error == asio::error::no_protocol_option || error == asio::error::invalid_argument ||
         error == asio::error::operation_not_supported;
}

std::error_code switch_on(detail::native_socket socket, families taken,
                          const detail::enabling_option& option, std::uint32_t max_coalesced_bytes,
                          bool& ipv4_refused) {
  const bool wants_v4 = taken != families::v6; // IPv4 datagrams on an IPv6 socket need it as well
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
    // Which IPv4 options a Windows version accepts on an IPv6 socket is unknown.
    ipv4_refused = wants_v6 && is_unknown_option(error);
    error = ipv4_refused ? std::error_code{} : error;
  }
  return error;
}

// The fields not to request from a system that reports them wrongly with coalescing. Required
// fields take precedence over wanted ones, and header fields over coalescing.
field_set left_out(const metadata_request& request) noexcept {
  field_set faulty;
  for (const field what : request.requested()) {
    if (detail::is_faulty_beside_coalescing(what)) {
      faulty.insert(what);
    }
  }
  if (faulty.empty() || !request.requested().contains(field::segment_bytes)) {
    return {};
  }
  const bool coalescing_counts_more =
      request.required().contains(field::segment_bytes) && (request.required() & faulty).empty();
  return coalescing_counts_more ? faulty : field_set{field::segment_bytes};
}

std::string_view available_since(const detail::enabling_option& option) noexcept {
  const option_support* const known = find_option_support(option.name);
  return known != nullptr ? known->available_since : option.available_since;
}

std::string reason_text(const std::error_code& error) {
  if (error == asio::error::message_size) {
    return "coalesced buffers do not fit; requires a payload_capacity of 65535";
  }
  return error.category() == metadata_category() ? error.message() : describe(error);
}

} // namespace

const std::error_category& metadata_category() noexcept {
  static const metadata_category_type category;
  return category;
}

std::error_code make_error_code(metadata_errc error) noexcept {
  return {static_cast<int>(error), metadata_category()};
}

std::string to_string(const metadata_grant& grant) {
  std::string line(to_string(grant.what));
  if (grant.granted) {
    line.append(": granted (").append(grant.option);
    line.append(grant.ipv4_refused ? "; IPv4 datagrams may lack it" : "");
    return line.append(grant.absence ? "; " + reason_text(grant.absence) : "").append(")");
  }
  line.append(": refused (").append(grant.option).append(": ").append(reason_text(grant.error));
  const bool available = grant.error == asio::error::message_size; // only the slots are too small
  if (!grant.available_since.empty() && !available) {
    line.append("; available since ").append(grant.available_since);
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

namespace {

// IP_RECVTOS, which on Windows is also the second way to receive ECN.
bool is_octet_option(std::string_view name) noexcept {
  const auto octet = detail::enabling_options(field::traffic_class);
  return !octet.empty() && octet.front().name == name;
}

metadata_grant ask_for(field what, detail::native_socket socket, families taken,
                       std::uint32_t max_coalesced_bytes, bool without_octet) {
  metadata_grant grant;
  for (const detail::enabling_option& option : detail::enabling_options(what)) {
    bool ipv4_refused = false;
    const std::error_code reason =
        without_octet && is_octet_option(option.name)
            ? make_error_code(metadata_errc::faulty_beside_coalescing)
            : switch_on(socket, taken, option, max_coalesced_bytes, ipv4_refused);
    if (!reason || grant.option.empty()) {
      grant.granted = !reason;
      grant.ipv4_refused = ipv4_refused;
      grant.option = option.name;
      grant.error = reason;
      grant.available_since = reason ? available_since(option) : std::string_view{};
    }
    if (!reason) {
      break;
    }
  }
  return grant;
}

// ECN was granted by the option that is at fault beside coalescing.
bool brings_octet(const metadata_report& report) noexcept {
  const metadata_grant* const ecn = report.find(field::ecn);
  return ecn != nullptr && ecn->granted && is_octet_option(ecn->option);
}

// Nobody is helped by a required field that never arrives. One that is wanted stays enabled, and
// arrives as soon as the system's setting changes.
void note_absence(metadata_grant& grant, detail::native_socket socket) noexcept {
  const std::error_code reason = detail::absence_of(grant.what, socket);
  grant.granted = !reason || !grant.required;
  (grant.granted ? grant.absence : grant.error) = reason;
}

metadata_grant refuse(field what, const std::error_code& reason) {
  metadata_grant grant;
  grant.option = detail::enabling_options(what).front().name;
  grant.error = reason;
  return grant;
}

} // namespace

metadata_report request_metadata(detail::native_socket socket, const metadata_request& request,
                                 std::error_code& error) {
  metadata_report report;
  error.clear();
  if (request.requested().empty()) {
    return report;
  }
  std::error_code no_family;
  const families taken = detail::families_of(socket, no_family);
  const field_set faulty = left_out(request);
  const bool is_faulty = detail::is_faulty_beside_coalescing(field::traffic_class);
  const bool without_octet = is_faulty && request.required().contains(field::segment_bytes);
  for (const field what : request.requested()) {
    metadata_grant grant;
    const metadata_grant* const traffic_class = report.find(field::traffic_class);
    if (no_family) {
      grant = refuse(what, no_family);
    } else if (faulty.contains(what) ||
               (what == field::segment_bytes && is_faulty && brings_octet(report))) {
      grant = refuse(what, metadata_errc::faulty_beside_coalescing);
    } else if (what == field::ecn && traffic_class != nullptr && traffic_class->granted) {
      // The ECN bits are part of the traffic class; a separate message would only add cost.
      grant = *traffic_class;
    } else {
      grant = ask_for(what, socket, taken, request.max_coalesced_bytes(),
                      without_octet && what == field::ecn);
    }
    grant.what = what;
    grant.required = request.required().contains(what);
    if (grant.granted) {
      note_absence(grant, socket);
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
