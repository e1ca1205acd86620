#pragma once

#include "ancillary/decoders/message_types.hpp"
#include "ancillary/decoders/native_layout.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace ancillary {

// How a system lays out its control buffers: the receiving program's word size determines the
// geometry, the system determines the numbers and some payloads. Every host decodes every layout.
// Integers are little-endian; addresses and ports are in network byte order.
//
//      64-bit                                      32-bit
//      0         8      12     16                  0        4      8      12
//      +---------+------+------+------ ~ -+-~-+    +--------+------+------+------ ~ -+-~-+
//      |cmsg_len |level |type  | data     |pad|    |cmsg_len|level |type  | data     |pad|
//      +---------+------+------+------ ~ -+-~-+    +--------+------+------+------ ~ -+-~-+
//                            next at a multiple of 8            next at a multiple of 4
//
// cmsg_len counts the header and the data, not the padding. The last message may lack padding.
enum class layout_id : std::uint8_t { windows_x64, windows_x86, linux_64, linux_32 };

namespace detail {

template <std::size_t WordBytes>
struct control_geometry {
  static_assert(WordBytes == 8 || WordBytes == 4);

  static constexpr std::size_t word_bytes = WordBytes;
  static constexpr std::size_t header_bytes = WordBytes + 8;
  static constexpr std::size_t alignment = WordBytes;

  static constexpr std::size_t align(std::size_t bytes) noexcept {
    return (bytes + (alignment - 1)) & ~(alignment - 1);
  }

  // The bytes that a message with `data_bytes` of data occupies in a buffer, including padding.
  static constexpr std::size_t space(std::size_t data_bytes) noexcept {
    return header_bytes + align(data_bytes);
  }
};

} // namespace detail

// Tag types: pass one by value, `metadata_view(layouts::native{}, bytes)`.
namespace layouts {

// 64-bit programs on Windows.
struct windows_x64 : detail::control_geometry<8> {
  using messages = windows_messages;
  static constexpr layout_id id = layout_id::windows_x64;
};

// 32-bit programs on Windows.
struct windows_x86 : detail::control_geometry<4> {
  using messages = windows_messages;
  static constexpr layout_id id = layout_id::windows_x86;
};

// 64-bit programs on Linux.
struct linux_64 : detail::control_geometry<8> {
  using messages = linux_messages;
  static constexpr layout_id id = layout_id::linux_64;
};

// 32-bit programs on Linux.
struct linux_32 : detail::control_geometry<4> {
  using messages = linux_messages;
  static constexpr layout_id id = layout_id::linux_32;
};

// The layout of the buffers that this program receives.
using native =
    std::conditional_t<detail::native_is_windows,
                       std::conditional_t<sizeof(std::size_t) == 8, windows_x64, windows_x86>,
                       std::conditional_t<sizeof(std::size_t) == 8, linux_64, linux_32>>;

} // namespace layouts

// One of the four tags in namespace layouts.
template <class T>
concept control_layout =
    std::same_as<T, layouts::windows_x64> || std::same_as<T, layouts::windows_x86> ||
    std::same_as<T, layouts::linux_64> || std::same_as<T, layouts::linux_32>;

// Whether the layout has the message numbers of Windows.
template <control_layout Layout>
inline constexpr bool is_windows_layout = std::same_as<typename Layout::messages, windows_messages>;

// Whether the layout has the message numbers of Windows.
constexpr bool is_windows(layout_id id) noexcept {
  return id == layout_id::windows_x64 || id == layout_id::windows_x86;
}

// The bytes of cmsg_len: 8 or 4.
constexpr std::size_t word_bytes(layout_id id) noexcept {
  return id == layout_id::windows_x64 || id == layout_id::linux_64 ? 8 : 4;
}

constexpr std::string_view to_string(layout_id id) noexcept {
  switch (id) {
  case layout_id::windows_x64:
    return "windows_x64";
  case layout_id::windows_x86:
    return "windows_x86";
  case layout_id::linux_64:
    return "linux_64";
  case layout_id::linux_32:
    return "linux_32";
  }
  return "unknown";
}

// Calls `use` with the tag of a layout known only at run time.
template <class Use>
constexpr decltype(auto) with_layout(layout_id id, Use&& use) {
  switch (id) {
  case layout_id::windows_x64:
    return use(layouts::windows_x64{});
  case layout_id::windows_x86:
    return use(layouts::windows_x86{});
  case layout_id::linux_32:
    return use(layouts::linux_32{});
  case layout_id::linux_64:
    break;
  }
  return use(layouts::linux_64{});
}

} // namespace ancillary
