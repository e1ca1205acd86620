#include "common/socket_family.hpp"
#include <ancillary/recvmsg/options/option_base.hpp>
#include <ancillary/recvmsg/socket_options.hpp>

#include <asio/error.hpp>
#include <stdexcept>
#include <string>
#include <system_error>

namespace ancillary::options::detail {
namespace {

std::string named(option_id option, std::string_view text) {
  std::string message(support_of(option).name);
  message += ": ";
  message += text;
  return message;
}

} // namespace

option_number require_option(option_id option, ip_family family, option_use use) {
  if (const auto number = find_option_number(layouts::native::id, option, family, use)) {
    return *number;
  }
  throw described_error(make_error_code(asio::error::operation_not_supported),
                        unsupported_message(support_of(option), family, use));
}

void require_encoded(option_id option, encode_refusal refusal) {
  if (refusal == encode_refusal::none) {
    return;
  }
  const std::string message = named(option, to_string(refusal));
  if (refusal == encode_refusal::no_such_interface) {
    throw described_error(std::make_error_code(std::errc::no_such_device), message);
  }
  throw std::out_of_range(message);
}

void require_range(option_id option, long long value, long long lowest, long long highest) {
  if (value < lowest || value > highest) {
    throw std::out_of_range(named(option, std::to_string(value) + " is outside " +
                                              std::to_string(lowest) + " to " +
                                              std::to_string(highest)));
  }
}

void refuse_size(option_id option, std::size_t size) {
  throw std::length_error(named(option, "the system returned " + std::to_string(size) + " bytes"));
}

} // namespace ancillary::options::detail

namespace ancillary::detail {

void throw_refused(option_id option, option_use use, ip_family family,
                   const std::error_code& error) {
  throw described_error(error, refusal_message(support_of(option), family, use, error));
}

void throw_refused(int level, int name, const std::error_code& error) {
  throw described_error(error, "socket option " + std::to_string(name) + " of level " +
                                   std::to_string(level));
}

ip_family family_of_socket(asio::ip::udp::socket::native_handle_type socket) noexcept {
  std::error_code ignored; // the option's error is what is reported
  return socket_family(socket, ignored);
}

} // namespace ancillary::detail
