#include "platform/membership_option.hpp"

#include "platform/linux/system_calls.hpp"

#include <asio/error.hpp>
#include <cerrno>

namespace ancillary::detail {

std::error_code set_membership(native_socket socket, int level, int name,
                               std::span<const std::byte> value) noexcept {
  const auto bytes = static_cast<socklen_t>(value.size());
  if (system.setsockopt(socket, level, name, value.data(), bytes) != 0) {
    return {errno, asio::error::get_system_category()};
  }
  return {};
}

// net/ipv4/igmp.c, net/ipv6/mcast.c
bool can_mean_joined_already(const std::error_code& answer, bool has_source) noexcept {
  return answer.value() == (has_source ? EADDRNOTAVAIL : EADDRINUSE);
}

bool means_no_interface(const std::error_code& answer) noexcept { return answer.value() == ENODEV; }

} // namespace ancillary::detail
