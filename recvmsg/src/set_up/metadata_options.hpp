// Which options of this system bring which field. Part of the seam: one .cpp for each platform.
#pragma once

#include "common/native_socket.hpp"
#include <ancillary/recvmsg/metadata_request.hpp>

#include <optional>
#include <span>
#include <string_view>
#include <system_error>

namespace ancillary::detail {

struct option_number {
  int level;
  int name;
  friend constexpr bool operator==(const option_number&, const option_number&) = default;
};

// One way to have a field reported.
struct enabling_option {
  std::string_view name; // as the system's headers spell it
  std::string_view
      available_since;             // used where the list of IPPROTO_IP options does not know `name`
  std::optional<option_number> v4; // for IPv4 sockets
  std::optional<option_number> v6; // for IPv6 sockets
  bool v4_on_dual_stack = true;    // IPv4 datagrams on an IPv6 socket need `v4` as well
};

// The ways, the best first. One without any number says what another system would have: it tells
// the caller what is missing.
[[nodiscard]] std::span<const enabling_option> enabling_options(field what) noexcept;

// Switches it on. `max_coalesced_bytes` is for the option that limits coalescing.
[[nodiscard]] std::error_code switch_on(native_socket socket, option_number option,
                                        std::uint32_t max_coalesced_bytes) noexcept;

// On this system the field is not reported rightly where datagrams are coalesced.
[[nodiscard]] bool is_faulty_beside_coalescing(field what) noexcept;

// Switches off what field::segment_bytes has switched on. False when the system refuses.
[[nodiscard]] bool switch_off_coalescing(native_socket socket) noexcept;

// IPV6_V6ONLY of an IPv6 socket. Of others the answer means nothing: Windows says true of an IPv4
// socket, Linux and Wine refuse. Can be asked before binding.
[[nodiscard]] bool is_v6_only(native_socket socket, std::error_code& error) noexcept;

} // namespace ancillary::detail
