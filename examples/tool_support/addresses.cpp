#include "addresses.hpp"

#include "names.hpp"
#include "values.hpp"
#include <ancillary/recvmsg/interface.hpp>

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace tool {
namespace {

std::uint16_t parse_port(std::string_view whole, std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() ||
      port > std::numeric_limits<std::uint16_t>::max()) {
    reject(whole, "has no port from 0 to 65535 after the last colon");
  }
  return static_cast<std::uint16_t>(port);
}

// An address and the text after its %, both as written. Asio would read an unknown zone as none.
struct zoned_address {
  std::optional<asio::ip::address> address;
  std::optional<std::string> zone;
};

zoned_address split_zone(std::string_view text) {
  zoned_address parts;
  const auto percent = text.find('%');
  if (percent != std::string_view::npos) {
    parts.zone = text.substr(percent + 1);
  }
  std::error_code error;
  const auto address = asio::ip::make_address(std::string(text.substr(0, percent)), error);
  if (!error) {
    parts.address = address;
  }
  return parts;
}

asio::ip::address with_zone(std::string_view whole, const asio::ip::address& address,
                            const std::string& zone) {
  if (!address.is_v6() || !(address.to_v6().is_link_local() || address.is_multicast())) {
    reject(whole, "has a zone (%" + zone + "), which only a link-local address needs");
  }
  const auto index = ancillary::interface_index(zone);
  if (!index) {
    reject(whole, "names no interface of this host after the %: '" + zone +
                      "'; use an interface's name or index");
  }
  asio::ip::address_v6 scoped = address.to_v6();
  scoped.scope_id(*index);
  return scoped;
}

asio::ip::address parse_source(std::string_view whole, std::string_view text,
                               const asio::ip::address& group) {
  const zoned_address parts = split_zone(text);
  const auto source = parts.address ? unmapped(*parts.address) : asio::ip::address();
  if (!parts.address || parts.zone || source.is_multicast() || source.is_unspecified() ||
      source.is_v4() != group.is_v4()) {
    reject(whole, "has no sender's address of the group's family after the =, such as " +
                      std::string(group.is_v4() ? "192.0.2.1" : "2001:db8::1"));
  }
  return source;
}

} // namespace

asio::ip::udp::endpoint parse_endpoint(std::string_view text) {
  constexpr auto forms =
      "is not ADDRESS:PORT or [ADDRESS6]:PORT, such as 0.0.0.0:9000 or [::]:9000";
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    reject(text, forms);
  }
  std::string_view address_text = text.substr(0, colon);
  const bool in_brackets = address_text.starts_with('[') && address_text.ends_with(']');
  if (in_brackets) {
    address_text = address_text.substr(1, address_text.size() - 2);
  } else if (address_text.find(':') != std::string_view::npos) {
    reject(text, "has an IPv6 address without brackets; use [ADDRESS6]:PORT");
  }
  const zoned_address parts = split_zone(address_text);
  if (!parts.address || parts.address->is_v6() != in_brackets) {
    reject(text, forms);
  }
  const std::uint16_t port = parse_port(text, text.substr(colon + 1));
  return {parts.zone ? with_zone(text, *parts.address, *parts.zone) : unmapped(*parts.address),
          port};
}

asio::ip::address parse_address(std::string_view text) {
  const zoned_address parts = split_zone(text);
  if (!parts.address || parts.zone) {
    reject(text, "is not an address, such as 192.0.2.1 or 2001:db8::1");
  }
  return unmapped(*parts.address);
}

group_join parse_join(std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view before_source = text.substr(0, equals);
  const auto at = before_source.find('@');
  const zoned_address parts = split_zone(before_source.substr(0, at));
  group_join join;
  if (parts.address) {
    join.group = unmapped(*parts.address);
  }
  if (!parts.address || !join.group.is_multicast()) {
    reject(text, "does not begin with a multicast group, such as 239.1.2.3 or ff02::1234@eth0");
  }
  if (at != std::string_view::npos) {
    join.interface_text = before_source.substr(at + 1);
    if (join.interface_text.empty()) {
      reject(text, "has no interface after the @; use its name, index or address");
    }
  }
  if (parts.zone) {
    if (!join.interface_text.empty() && join.interface_text != *parts.zone) {
      reject(text, "names two interfaces, after the % and after the @; use one");
    }
    join.group = with_zone(text, join.group, *parts.zone);
    join.interface_text = *parts.zone;
  }
  if (equals != std::string_view::npos) {
    join.source = parse_source(text, text.substr(equals + 1), join.group);
  }
  return join;
}

} // namespace tool
