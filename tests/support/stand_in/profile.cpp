#include "profile.hpp"

#include "options/option_numbers.hpp"
#include <ancillary/recvmsg/option_support.hpp>

#include <algorithm>

namespace ancillary_test {

namespace {

using ancillary::option_id;
using ancillary::version_support;
using ancillary::windows_version;

constexpr std::array<std::string_view, all_profiles.size()> names{
    "windows_7", "windows_10_1607", "windows_10", "windows_11", "server_2022"};

// The options of the IPPROTO_IP list that enable control messages.
constexpr std::array listed{option_id::pktinfo, option_id::recvif, option_id::original_arrival_if,
                            option_id::recvttl, option_id::recvtos};

// Not in the table: IP_RECVECN, ws2ipdef.h of the SDK for Windows 11; UDP_RECV_MAX_COALESCED_SIZE.
constexpr int receive_ecn = 50;
constexpr int udp_level = 17;
constexpr int max_coalesced_size = 3;

// IP_IFLIST, IP_ADD_IFLIST, IP_DEL_IFLIST; docs/windows.md, row 26.
constexpr std::array interface_list{28, 29, 30};
constexpr int get_interface_list = 33;

constexpr bool since_windows_11(windows_profile profile) noexcept {
  return profile >= windows_profile::windows_11;
}

bool has(windows_profile profile, option_id id) noexcept {
  const ancillary::option_support& known = ancillary::support_of(id);
  const bool is_7 = profile == windows_profile::windows_7;
  switch (known.in(is_7 ? windows_version::windows_7 : windows_version::windows_10)) {
  case version_support::yes:
    return true;
  case version_support::no:
    return false;
  case version_support::later_release: // version 1703 or later
    return profile != windows_profile::windows_10_1607;
  case version_support::not_listed:
    return !is_7; // available_since is Windows 10 for all of these
  }
  return false;
}

constexpr std::uint32_t answer(bool has_it) noexcept {
  return has_it ? 0 : winsock::no_protocol_option;
}

} // namespace

std::string_view to_string(windows_profile profile) noexcept {
  return names[static_cast<std::size_t>(profile)];
}

std::optional<windows_profile> profile_of(std::string_view name) noexcept {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    return std::nullopt;
  }
  return all_profiles[static_cast<std::size_t>(found - names.begin())];
}

std::optional<std::uint32_t> answer_to_option(windows_profile profile, int level,
                                              int name) noexcept {
  namespace numbers = ancillary::options::detail;
  if (level == udp_level && name == max_coalesced_size) {
    return answer(profile >= windows_profile::windows_10); // version 2004
  }
  if (level != numbers::level_ipv4 && level != numbers::level_ipv6) {
    return std::nullopt;
  }
  if (name == receive_ecn) {
    return answer(since_windows_11(profile));
  }
  const bool has_interface_list = profile >= windows_profile::windows_10; // version 1803
  if (std::find(interface_list.begin(), interface_list.end(), name) != interface_list.end()) {
    return answer(has_interface_list);
  }
  if (name == get_interface_list && !has_interface_list) {
    return winsock::no_protocol_option; // else the real socket answers
  }
  for (const option_id id : listed) {
    const auto& row = numbers::numbers_of(id);
    if (name == (level == numbers::level_ipv4 ? row.windows_v4 : row.windows_v6)) {
      return answer(has(profile, id));
    }
  }
  return std::nullopt;
}

std::uint32_t answer_to_timestamping(windows_profile profile) noexcept {
  return since_windows_11(profile) ? 0 : winsock::not_supported;
}

std::uint32_t build_of(windows_profile profile) noexcept {
  constexpr std::array<std::uint32_t, all_profiles.size()> builds{7601, 14393, 19045, 22631, 20348};
  return builds[static_cast<std::size_t>(profile)];
}

bool has_old_message_types(windows_profile profile) noexcept {
  return profile <= windows_profile::windows_10_1607;
}

} // namespace ancillary_test
