#include "common/error_condition.hpp"

namespace ancillary::detail {

namespace {

// RFC 792.
receive_condition icmpv4_condition(std::uint8_t type, std::uint8_t code) noexcept {
  constexpr std::uint8_t unreachable = 3;
  constexpr std::uint8_t time_exceeded = 11;
  constexpr std::uint8_t port = 3;
  constexpr std::uint8_t fragmentation_needed = 4;
  if (type == unreachable) {
    return code == port                   ? receive_condition::port_unreachable
           : code == fragmentation_needed ? receive_condition::message_too_long
                                          : receive_condition::host_unreachable;
  }
  return type == time_exceeded ? receive_condition::hop_limit_exceeded : receive_condition::other;
}

// RFC 4443.
receive_condition icmpv6_condition(std::uint8_t type, std::uint8_t code) noexcept {
  constexpr std::uint8_t unreachable = 1;
  constexpr std::uint8_t too_big = 2;
  constexpr std::uint8_t time_exceeded = 3;
  constexpr std::uint8_t port = 4;
  switch (type) {
  case unreachable:
    return code == port ? receive_condition::port_unreachable : receive_condition::host_unreachable;
  case too_big:
    return receive_condition::message_too_long;
  case time_exceeded:
    return receive_condition::hop_limit_exceeded;
  default:
    return receive_condition::other;
  }
}

} // namespace

receive_condition icmp_condition(const transport_error& error) noexcept {
  switch (error.origin) {
  case error_origin::icmp:
    return icmpv4_condition(error.type, error.code);
  case error_origin::icmpv6:
    return icmpv6_condition(error.type, error.code);
  default:
    return receive_condition::other;
  }
}

} // namespace ancillary::detail
