#include "ancillary/decoders/transport_error.hpp"

#include <ostream>

namespace ancillary {

namespace {

// RFC 792, RFC 1122 (3.2.2.1) and RFC 1812 (5.2.7.1).
std::string_view icmp_meaning(std::uint8_t type, std::uint8_t code) noexcept {
  if (type == 3) {
    switch (code) {
    case 0:
    case 6:
      return "network unreachable";
    case 1:
    case 7:
      return "host unreachable";
    case 2:
      return "protocol unreachable";
    case 3:
      return "port unreachable";
    case 4:
      return "fragmentation needed";
    case 9:
    case 10:
    case 13:
      return "administratively prohibited";
    default:
      return "destination unreachable";
    }
  }
  return type == 11 ? "time exceeded" : type == 12 ? "parameter problem" : "error";
}

// RFC 4443.
std::string_view icmpv6_meaning(std::uint8_t type, std::uint8_t code) noexcept {
  if (type == 1) {
    switch (code) {
    case 0:
      return "no route to destination";
    case 1:
      return "administratively prohibited";
    case 3:
      return "address unreachable";
    case 4:
      return "port unreachable";
    default:
      return "destination unreachable";
    }
  }
  return type == 2   ? "packet too big"
         : type == 3 ? "time exceeded"
         : type == 4 ? "parameter problem"
                     : "error";
}

std::string_view meaning(const transport_error& error) noexcept {
  switch (error.origin) {
  case error_origin::icmp:
    return icmp_meaning(error.type, error.code);
  case error_origin::icmpv6:
    return icmpv6_meaning(error.type, error.code);
  case error_origin::local:
    return error.mtu() ? "longer than the MTU" : "refused by this host";
  case error_origin::other:
    break;
  }
  return "no error of a datagram";
}

} // namespace

std::string_view to_string(error_origin origin) noexcept {
  switch (origin) {
  case error_origin::local:
    return "local";
  case error_origin::icmp:
    return "ICMP";
  case error_origin::icmpv6:
    return "ICMPv6";
  case error_origin::other:
    return "other";
  }
  return "unknown origin";
}

std::string to_string(const transport_error& error) {
  std::string details;
  const auto add = [&](std::string_view name, const std::string& value) {
    details.append(details.empty() ? "" : ", ").append(name).append(value);
  };
  if (error.origin == error_origin::icmp || error.origin == error_origin::icmpv6) {
    details = to_string(error.origin);
    details.append(" type ").append(std::to_string(error.type));
    add("code ", std::to_string(error.code));
  } else if (error.system_code != 0) {
    add("error ", std::to_string(error.system_code));
  }
  if (const auto mtu = error.mtu()) {
    add("MTU ", std::to_string(*mtu));
  }
  if (error.offender) {
    add("from ", to_string(*error.offender));
  }
  std::string text(meaning(error));
  return details.empty() ? text : text.append(" (").append(details).append(")");
}

std::ostream& operator<<(std::ostream& out, error_origin origin) {
  return out << to_string(origin);
}

std::ostream& operator<<(std::ostream& out, const transport_error& error) {
  return out << to_string(error);
}

} // namespace ancillary
