// The arguments of setsockopt on a system, for one value of each option, on every host.
#pragma once

#include "hex.hpp"
#include <ancillary/recvmsg/options/encoding.hpp>

#include <optional>
#include <ostream>
#include <string>

namespace option_tests {

using namespace ancillary;
using namespace ancillary::options;
using ancillary::layout_id;
using ancillary::option_id;
using asio::ip::make_address;
using asio::ip::make_address_v4;

inline constexpr auto x64 = layout_id::windows_x64;
inline constexpr auto x86 = layout_id::windows_x86;
inline constexpr auto linux64 = layout_id::linux_64;
inline constexpr auto linux32 = layout_id::linux_32;
inline constexpr auto v4 = ip_family::v4;
inline constexpr auto v6 = ip_family::v6;

inline const auto group = make_address("239.1.2.3");
inline const auto source = make_address("192.0.2.1");
inline const auto group6 = make_address("ff15::7");
inline const auto source6 = make_address("2001:db8::9");
inline const std::string group_hex = "ef010203";
inline const std::string source_hex = "c0000201";
inline const std::string group6_hex = "ff150000000000000000000000000007";
inline const std::string source6_hex = "20010db8000000000000000000000009";

// sockaddr_in and sockaddr_in6 inside a sockaddr_storage of 128 bytes.
inline std::string storage4(const std::string& address) {
  return "02000000" + address + zeros(120);
}
inline std::string storage6(const std::string& family, const std::string& address) {
  return family + "00" + zeros(2) + zeros(4) + address + zeros(104);
}

// The arguments of one option.
struct handed_over {
  option_number number;
  std::string bytes;
  friend bool operator==(const handed_over&, const handed_over&) = default;
};

inline std::ostream& operator<<(std::ostream& out, const handed_over& call) {
  return out << call.number.level << ' ' << call.number.name << ' ' << call.bytes;
}

// One value for each option, the same for all systems, so that an option without a case here does
// not compile.
inline std::optional<handed_over> hand_over(layout_id system, option_id option, ip_family family) {
  const auto number = find_option_number(system, option, family, option_use::set);
  const auto with = [&](const auto& bytes) {
    return number ? std::optional(handed_over{*number, hex(bytes.view())}) : std::nullopt;
  };
  const auto membership = [](const encoded_membership& encoded) {
    return handed_over{encoded.number, hex(encoded.bytes.view())};
  };
  const auto on_group = family == v4 ? group : group6;
  const auto from = family == v4 ? source : source6;
  switch (option) {
  case option_id::add_membership:
  case option_id::drop_membership:
    return membership(encode_membership(system, option, on_group, 3));
  case option_id::add_source_membership:
  case option_id::drop_source_membership:
  case option_id::block_source:
  case option_id::unblock_source:
    return membership(encode_source_membership(
        system, option, on_group, from,
        family == v4 ? interface_selector(make_address_v4("10.0.0.1")) : interface_selector(3)));
  case option_id::dontfragment:
  case option_id::hdrincl:
  case option_id::multicast_loop:
  case option_id::original_arrival_if:
  case option_id::pktinfo:
  case option_id::receive_broadcast:
  case option_id::recvif:
  case option_id::recvtos:
  case option_id::recvttl:
  case option_id::iflist:
  case option_id::recvecn:
    return with(encode_flag(system, option, family, true));
  case option_id::multicast_ttl:
  case option_id::tos:
  case option_id::ttl:
    return with(encode_number(200));
  case option_id::mtu_discover:
    return with(encode_path_mtu_state(system, path_mtu_state::never));
  case option_id::user_mtu:
    return with(encode_user_mtu(system, 1400));
  case option_id::multicast_if:
  case option_id::unicast_if:
  case option_id::add_iflist:
  case option_id::del_iflist:
    return with(encode_interface(system, option, family, 3));
  case option_id::wfp_redirect_context:
  case option_id::wfp_redirect_records:
    return number ? std::optional(handed_over{
                        *number, hex(encode_redirect(system, option, family, from_hex("010203")))})
                  : std::nullopt;
  case option_id::mtu: // cannot be set
  case option_id::get_iflist:
  case option_id::options: // plain bytes: see handed_over.cpp
    return number ? std::optional(handed_over{*number, ""}) : std::nullopt;
  }
  return std::nullopt;
}

inline handed_over call(int level, int name, const std::string& bytes) {
  return {{level, name}, bytes};
}

} // namespace option_tests
