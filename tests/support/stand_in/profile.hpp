// The Windows version that a stand-in simulates, and its features.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ancillary_test {

enum class windows_profile : std::uint8_t {
  windows_7,
  windows_10_1607,
  windows_10, // its last version, 22H2
  windows_11,
  server_2022,
};

inline constexpr std::array all_profiles{
    windows_profile::windows_7, windows_profile::windows_10_1607, windows_profile::windows_10,
    windows_profile::windows_11, windows_profile::server_2022};

[[nodiscard]] std::string_view to_string(windows_profile profile) noexcept;
[[nodiscard]] std::optional<windows_profile> profile_of(std::string_view name) noexcept;

// Winsock's codes, winerror.h.
namespace winsock {
inline constexpr std::uint32_t fault = 10014;
inline constexpr std::uint32_t invalid_argument = 10022;
inline constexpr std::uint32_t would_block = 10035;
inline constexpr std::uint32_t not_a_socket = 10038;
inline constexpr std::uint32_t message_size = 10040;
inline constexpr std::uint32_t no_protocol_option = 10042;
inline constexpr std::uint32_t not_supported = 10045;
inline constexpr std::uint32_t family_not_supported = 10047;
inline constexpr std::uint32_t address_in_use = 10048;
inline constexpr std::uint32_t address_not_available = 10049;
inline constexpr std::uint32_t network_unreachable = 10051;
inline constexpr std::uint32_t network_reset = 10052;
inline constexpr std::uint32_t connection_reset = 10054;
inline constexpr std::uint32_t no_buffer_space = 10055;
inline constexpr std::uint32_t not_connected = 10057;
} // namespace winsock

// The answer to setsockopt for an option whose version is known and matters: 0, or the error. Empty
// for any other option, which passes through.
[[nodiscard]] std::optional<std::uint32_t> answer_to_option(windows_profile profile, int level,
                                                            int name) noexcept;

// The same for SIO_TIMESTAMPING.
[[nodiscard]] std::uint32_t answer_to_timestamping(windows_profile profile) noexcept;

// The build number of RtlGetVersion.
[[nodiscard]] std::uint32_t build_of(windows_profile profile) noexcept;

// IPv4 TTL and TOS arrive as IP_HOPLIMIT and IP_TCLASS (until version 1607, according to msquic).
[[nodiscard]] bool has_old_message_types(windows_profile profile) noexcept;

} // namespace ancillary_test
