#include "header_values.hpp"

#include "addresses.hpp"
#include "dscp_names.hpp"
#include "ecn_names.hpp"
#include "values.hpp"
#include <ancillary/recvmsg/endpoint.hpp>

#include <algorithm>
#include <charconv>
#include <string>

namespace tool {
namespace {

source_choice parse_prefix(std::string_view text, std::size_t slash) {
  constexpr unsigned address_bits = 32;
  constexpr unsigned shortest = 8;
  const asio::ip::address address = parse_address(text.substr(0, slash));
  const std::string_view length_text = text.substr(slash + 1);
  unsigned length = 0;
  const auto [end, error] =
      std::from_chars(length_text.data(), length_text.data() + length_text.size(), length);
  const bool is_number = error == std::errc() && end == length_text.data() + length_text.size() &&
                         !length_text.empty();
  if (!address.is_v4() || !is_number || length < shortest || length > address_bits) {
    reject(text, "is not an IPv4 prefix from /8 to /32, such as 127.1.0.0/16");
  }
  const std::uint64_t count = std::uint64_t{1} << (address_bits - length);
  const std::uint32_t number = address.to_v4().to_uint();
  if (number % count != 0) {
    reject(text, "has bits of the address below its prefix; use " +
                     asio::ip::make_address_v4(static_cast<std::uint32_t>(number - number % count))
                         .to_string() +
                     "/" + std::to_string(length));
  }
  return {{address, 0}, count};
}

} // namespace

ancillary::ip_address source_choice::of(std::uint64_t number) const {
  if (count == 1) {
    return ancillary::from_asio(first.address());
  }
  const std::uint64_t address = first.address().to_v4().to_uint() + number % count;
  return ancillary::from_asio(
      asio::ip::address(asio::ip::make_address_v4(static_cast<std::uint32_t>(address))));
}

source_choice parse_source_choice(std::string_view text) {
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    return parse_prefix(text, slash);
  }
  const bool has_port = text.starts_with('[') || std::ranges::count(text, ':') == 1;
  const asio::ip::udp::endpoint first =
      has_port ? parse_endpoint(text) : asio::ip::udp::endpoint(parse_address(text), 0);
  if (first.address().is_multicast()) {
    reject(text, "is a multicast group, which no datagram comes from; use an address of this host");
  }
  return {first, 1};
}

std::uint8_t parse_dscp(std::string_view text) {
  if (const auto named = find_dscp(text)) {
    return *named;
  }
  constexpr unsigned most = 63;
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || number > most) {
    reject(text, "is no DSCP; use 0 to 63, or ef, af11 to af43, cs0 to cs7, le, va or be");
  }
  return static_cast<std::uint8_t>(number);
}

ancillary::ecn_codepoint parse_ecn(std::string_view text) {
  for (const auto codepoint : {ancillary::ecn_codepoint::not_ect, ancillary::ecn_codepoint::ect0,
                               ancillary::ecn_codepoint::ect1, ancillary::ecn_codepoint::ce}) {
    if (text == short_name(codepoint)) {
      return codepoint;
    }
  }
  reject(text, "is no ECN codepoint; use none, ect0, ect1 or ce");
}

} // namespace tool
