// The options of this system that enable each field; one .cpp for each platform.
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

// One option that enables a field.
struct enabling_option {
  std::string_view name;            // as the system's headers spell it
  std::string_view available_since; // used if the list of IPPROTO_IP options lacks `name`
  std::optional<option_number> v4;  // for IPv4 sockets
  std::optional<option_number> v6;  // for IPv6 sockets
};

// The options for a field, the best first. One without numbers names another system's option, for
// the report.
[[nodiscard]] std::span<const enabling_option> enabling_options(field what) noexcept;

// The option that reports errors with their datagrams; names of both families.
[[nodiscard]] const enabling_option& error_detail_option() noexcept;

// Enables an option. `max_coalesced_bytes` applies to the option that limits coalescing.
[[nodiscard]] std::error_code switch_on(native_socket socket, option_number option,
                                        std::uint32_t max_coalesced_bytes) noexcept;

// Why no datagram has the field although its option is enabled, as far as the system tells: one of
// metadata_errc, else empty.
[[nodiscard]] std::error_code absence_of(field what, native_socket socket) noexcept;

// Whether this system reports the field wrongly with coalescing.
[[nodiscard]] bool is_faulty_beside_coalescing(field what) noexcept;

// Disables what field::segment_bytes enabled. Returns false if the system refuses.
[[nodiscard]] bool switch_off_coalescing(native_socket socket) noexcept;

// IPV6_V6ONLY of an IPv6 socket; meaningless for others: Windows returns true for an IPv4 socket,
// Linux and Wine fail. Works before binding.
[[nodiscard]] bool is_v6_only(native_socket socket, std::error_code& error) noexcept;

} // namespace ancillary::detail
