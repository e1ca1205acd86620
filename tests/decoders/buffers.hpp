#pragma once

#include <ancillary/decoders.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <span>
#include <vector>

// Helpers that make control buffers for the decoders' tests.
namespace ancillary_test {

inline constexpr std::array all_layouts{
    ancillary::layout_id::windows_x64, ancillary::layout_id::windows_x86,
    ancillary::layout_id::linux_64, ancillary::layout_id::linux_32};

// A copy on the heap of exactly this size, so that a sanitizer detects any access outside it.
class exact_copy {
public:
  explicit exact_copy(std::span<const std::byte> source)
      : bytes_(new std::byte[source.size()]), size_(source.size()) {
    if (!source.empty()) {
      std::memcpy(bytes_.get(), source.data(), source.size());
    }
  }
  std::span<const std::byte> bytes() const { return {bytes_.get(), size_}; }

private:
  std::unique_ptr<std::byte[]> bytes_;
  std::size_t size_;
};

// Little-endian, of any width.
inline void append_number(std::vector<std::byte>& to, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) {
    to.push_back(static_cast<std::byte>(i < sizeof value ? value >> (8 * i) : 0));
  }
}

// One message with any length in its header, valid or not, and its padding.
inline void append_message(std::vector<std::byte>& to, ancillary::layout_id layout,
                           std::uint64_t length, ancillary::message_type type,
                           std::span<const std::byte> data = {}) {
  const std::size_t word = ancillary::word_bytes(layout);
  append_number(to, length, word);
  append_number(to, static_cast<std::uint32_t>(type.level), 4);
  append_number(to, static_cast<std::uint32_t>(type.type), 4);
  to.insert(to.end(), data.begin(), data.end());
  while (to.size() % word != 0) {
    to.push_back(std::byte{0xaa});
  }
}

// A message with a correct length.
inline void append_message(std::vector<std::byte>& to, ancillary::layout_id layout,
                           ancillary::message_type type, std::span<const std::byte> data) {
  append_message(to, layout, ancillary::word_bytes(layout) + 8 + data.size(), type, data);
}

inline std::vector<std::byte> number_bytes(std::uint64_t value, std::size_t bytes = 4) {
  std::vector<std::byte> result;
  append_number(result, value, bytes);
  return result;
}

// The message types that a layout knows, for random tests.
inline std::vector<ancillary::message_type> known_types(ancillary::layout_id layout) {
  if (ancillary::is_windows(layout)) {
    return {{0, 19}, {41, 19}, {0, 51},  {41, 51}, {0, 24},  {41, 24},        {0, 47}, {41, 47},
            {0, 4},  {0, 21},  {41, 21}, {0, 3},   {0, 39},  {41, 39},        {0, 50}, {41, 50},
            {17, 3}, {0, 60},  {41, 60}, {0, 70},  {41, 70}, {0xffff, 0x300A}};
  }
  return {{0, 8},  {41, 50}, {0, 2},  {41, 52}, {0, 1},   {41, 67}, {17, 104}, {1, 35}, {1, 64},
          {1, 37}, {1, 65},  {1, 40}, {0, 20},  {41, 74}, {1, 29},  {1, 63},   {1, 58}};
}

// The same sequence on every host, so that tests are repeatable.
class random_source {
public:
  explicit random_source(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t bits() { return engine_(); }
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(engine_() % limit); }
  bool one_in(std::size_t count) { return below(count) == 0; }
  std::vector<std::byte> bytes(std::size_t count) {
    std::vector<std::byte> result(count);
    for (std::byte& octet : result) {
      octet = static_cast<std::byte>(engine_());
    }
    return result;
  }

private:
  std::mt19937_64 engine_;
};

} // namespace ancillary_test
