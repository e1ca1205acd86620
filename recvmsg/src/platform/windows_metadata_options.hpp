// The options of Windows that need more than a number and a flag. Numbers only, as in
// windows_metadata_options.cpp, so that other hosts can test them.
#pragma once

#include "set_up/metadata_options.hpp"

namespace ancillary::detail {

// Windows Server 2022 reports wrong TTL and TOS with receive offload (msquic, pull request 4968).
[[nodiscard]] constexpr bool is_faulty_beside_coalescing(std::uint32_t build, field what) noexcept {
  return build == 20348 && (what == field::hop_limit || what == field::traffic_class);
}

} // namespace ancillary::detail

namespace ancillary::detail::windows_option {

// UDP_RECV_MAX_COALESCED_SIZE, ws2tcpip.h: takes the bytes of the largest buffer.
inline constexpr option_number coalescing{17, 3};

// Not a socket option but an ioctl (SIO_TIMESTAMPING); this pair stands for it.
inline constexpr option_number timestamping{-1, 0};

} // namespace ancillary::detail::windows_option
