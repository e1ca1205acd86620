#pragma once

#include <ancillary/recvmsg/option_support.hpp>

#include <array>

// The numbers of both systems, known on every host. Each system's option_numbers.cpp compares its
// half with the system's headers.
namespace ancillary::options::detail {

inline constexpr int level_ipv4 = 0;  // IPPROTO_IP
inline constexpr int level_ipv6 = 41; // IPPROTO_IPV6

inline constexpr int none = 0; // no option has this number on either system

struct option_number_row {
  option_id id;
  int windows_v4;
  int windows_v6;
  int linux_v4;
  int linux_v6;
};

// Windows: ws2ipdef.h. Linux: linux/in.h, linux/in6.h. The four options with a source have only the
// protocol-independent MCAST_ options as IPv6 counterparts, which are known at both levels.
inline constexpr std::array<option_number_row, option_count> option_numbers{{
    {option_id::add_membership, 12, 12, 35, 20},
    {option_id::add_source_membership, 15, 45, 39, 46},
    {option_id::block_source, 17, 43, 38, 43},
    {option_id::dontfragment, 14, 14, 10, 62},
    {option_id::drop_membership, 13, 13, 36, 21},
    {option_id::drop_source_membership, 16, 46, 40, 47},
    {option_id::hdrincl, 2, 2, 3, 36},
    {option_id::mtu, 73, 72, 14, 24},
    {option_id::mtu_discover, 71, 71, 10, 23},
    {option_id::multicast_if, 9, 9, 32, 17},
    {option_id::multicast_loop, 11, 11, 34, 19},
    {option_id::multicast_ttl, 10, 10, 33, 18},
    {option_id::options, 1, none, 4, none},
    {option_id::original_arrival_if, 47, 47, none, none},
    {option_id::pktinfo, 19, 19, 8, 49},
    {option_id::receive_broadcast, 22, none, none, none},
    {option_id::recvif, 24, 24, none, none},
    {option_id::recvtos, 40, 40, 13, 66},
    {option_id::recvttl, 21, 21, 12, 51},
    {option_id::tos, 3, 39, 1, 67},
    {option_id::ttl, 4, 4, 2, 16},
    {option_id::unblock_source, 18, 44, 37, 44},
    {option_id::unicast_if, 31, 31, 50, 76},
    {option_id::user_mtu, 76, 76, none, 24},
    {option_id::wfp_redirect_context, 70, 70, none, none},
    {option_id::wfp_redirect_records, 60, 60, none, none},
    {option_id::iflist, 28, 28, none, none},
    {option_id::add_iflist, 29, 29, none, none},
    {option_id::del_iflist, 30, 30, none, none},
    {option_id::get_iflist, 33, 33, none, none},
    {option_id::recvecn, 50, 50, none, none},
}};

constexpr const option_number_row& numbers_of(option_id id) noexcept {
  return option_numbers[static_cast<std::size_t>(id)];
}

constexpr bool numbers_follow_option_id() noexcept {
  for (std::size_t i = 0; i < option_numbers.size(); ++i) {
    if (static_cast<std::size_t>(option_numbers[i].id) != i) {
      return false;
    }
  }
  return true;
}

static_assert(numbers_follow_option_id(), "numbers_of() indexes the table by option_id");

} // namespace ancillary::options::detail
