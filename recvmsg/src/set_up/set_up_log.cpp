#include "set_up/set_up_log.hpp"

#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/log.hpp>

#include <string>
#include <system_error>

namespace ancillary {

std::string_view to_string(log_level level) noexcept {
  switch (level) {
  case log_level::info:
    return "info";
  case log_level::warning:
    return "warning";
  case log_level::error:
    return "error";
  }
  return "unknown";
}

namespace detail {

namespace {

log_level level_of(const metadata_grant& grant) noexcept {
  if (!grant.granted) {
    return grant.required ? log_level::error : log_level::warning;
  }
  return grant.ipv4_refused || grant.absence ? log_level::warning : log_level::info;
}

std::string text_of(const error_detail_grant& grant) {
  std::string text = "error_detail: ";
  text += grant.granted ? "granted (" : "refused (";
  text += grant.option;
  if (grant.error) {
    text += ": " + describe(grant.error);
  }
  text += grant.ipv4_refused ? "; not for IPv4)" : ")";
  return text;
}

} // namespace

void log_metadata(const receive_options& options, const metadata_report& report) {
  if (!options.log) {
    return;
  }
  for (const metadata_grant& each : report.grants()) {
    options.log(level_of(each), to_string(each));
  }
  if (const error_detail_grant& grant = report.error_detail(); grant.requested) {
    options.log(grant.granted && !grant.ipv4_refused ? log_level::info : log_level::warning,
                text_of(grant));
  }
}

// Linux grants less without an error: net.core.rmem_max limits it. Asio halves the answer of Linux,
// which has doubled the value for its own use (man 7 socket).
void log_receive_buffer(const receive_options& options, const asio::ip::udp::socket& socket) {
  if (!options.log) {
    return;
  }
  std::error_code error;
  asio::socket_base::receive_buffer_size granted;
  socket.get_option(granted, error);
  if (error) {
    return;
  }
  const bool is_less = granted.value() < options.receive_buffer_bytes;
  std::string text = "receive buffer: " + std::to_string(granted.value()) + " bytes";
  if (is_less) {
    text += " instead of " + std::to_string(options.receive_buffer_bytes) +
            "; on Linux, raise net.core.rmem_max";
  }
  options.log(is_less ? log_level::warning : log_level::info, text);
}

void log_pool(const receive_options& options, const slot_pool& pool) {
  if (options.log) {
    options.log(log_level::info, "slots: " + std::to_string(pool.slot_count()) + ", of which " +
                                     std::to_string(pool.batch()) + " for a receive call, of " +
                                     std::to_string(pool.payload_capacity()) + " bytes");
  }
}

} // namespace detail

} // namespace ancillary
