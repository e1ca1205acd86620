#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

// Loads and stores of integers at any alignment, usable in constant expressions. The caller has
// checked the bounds.
namespace ancillary::detail {

template <std::unsigned_integral T>
constexpr T load_little(const std::byte* at) noexcept {
  T value = 0;
  if constexpr (std::endian::native == std::endian::little) {
    if (!std::is_constant_evaluated()) {
      std::memcpy(&value, at, sizeof value);
      return value;
    }
  }
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(value | static_cast<T>(std::to_integer<T>(at[i]) << (8 * i)));
  }
  return value;
}

template <std::unsigned_integral T>
constexpr void store_little(std::byte* at, T value) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    if (!std::is_constant_evaluated()) {
      std::memcpy(at, &value, sizeof value);
      return;
    }
  }
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    at[i] = static_cast<std::byte>(value >> (8 * i));
  }
}

constexpr std::uint16_t load_network_16(const std::byte* at) noexcept {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(at[0]) << 8 |
                                    std::to_integer<unsigned>(at[1]));
}

constexpr void store_network_16(std::byte* at, std::uint16_t value) noexcept {
  at[0] = static_cast<std::byte>(value >> 8);
  at[1] = static_cast<std::byte>(value);
}

template <std::size_t Size>
constexpr std::array<std::uint8_t, Size> load_octets(const std::byte* at) noexcept {
  std::array<std::uint8_t, Size> octets{};
  if (std::is_constant_evaluated()) {
    for (std::size_t i = 0; i < Size; ++i) {
      octets[i] = std::to_integer<std::uint8_t>(at[i]);
    }
    return octets;
  }
  std::memcpy(octets.data(), at, Size);
  return octets;
}

// Copies or clears bytes. <algorithm> could do it, but takes a compiler as long as all decoders.
constexpr void copy_bytes(std::byte* to, const std::byte* from, std::size_t count) noexcept {
  if (std::is_constant_evaluated()) {
    for (std::size_t i = 0; i < count; ++i) {
      to[i] = from[i];
    }
  } else if (count != 0) { // the pointers may be null otherwise
    std::memcpy(to, from, count);
  }
}

constexpr void clear_bytes(std::byte* at, std::size_t count) noexcept {
  if (std::is_constant_evaluated()) {
    for (std::size_t i = 0; i < count; ++i) {
      at[i] = std::byte{0};
    }
  } else if (count != 0) {
    std::memset(at, 0, count);
  }
}

// Whether 16 octets are ::ffff:a.b.c.d (RFC 4291, 2.5.5.2).
constexpr bool is_v4_mapped(const std::byte* at) noexcept {
  return load_little<std::uint64_t>(at) == 0 && load_little<std::uint32_t>(at + 8) == 0xffff0000;
}

constexpr void store_octets(std::byte* at, std::span<const std::uint8_t> octets) noexcept {
  for (const std::uint8_t octet : octets) {
    *at++ = std::byte{octet};
  }
}

// The nanoseconds of a time of seconds and a fraction in units of `fraction_ns`, of 64 bits each
// or, if `narrow`, 32. Bytes that are no such time give an arbitrary number, but never overflow.
constexpr std::int64_t load_time(const std::byte* at, bool narrow,
                                 std::uint64_t fraction_ns) noexcept {
  constexpr std::uint64_t ns_per_second = 1'000'000'000;
  const auto widen = [](std::uint32_t value) {
    return static_cast<std::uint64_t>(static_cast<std::int32_t>(value));
  };
  const std::uint64_t seconds =
      narrow ? widen(load_little<std::uint32_t>(at)) : load_little<std::uint64_t>(at);
  const std::uint64_t fraction =
      narrow ? widen(load_little<std::uint32_t>(at + 4)) : load_little<std::uint64_t>(at + 8);
  return static_cast<std::int64_t>(seconds * ns_per_second + fraction * fraction_ns);
}

constexpr std::int64_t load_timespec(const std::byte* at, bool narrow) noexcept {
  return load_time(at, narrow, 1);
}
constexpr std::int64_t load_timeval(const std::byte* at, bool narrow) noexcept {
  return load_time(at, narrow, 1000);
}

} // namespace ancillary::detail
