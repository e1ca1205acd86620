#pragma once

#include <cstddef>
#include <cstdint>

namespace ancillary_bench {

// The macros of a 32-bit system, written out: its header, and the steps of CMSG_NXTHDR.
struct narrow_header {
  std::uint32_t cmsg_len;
  std::int32_t cmsg_level;
  std::int32_t cmsg_type;
};

template <class Visit>
inline void narrow_walk(std::byte* control, std::size_t bytes, Visit visit) {
  const auto aligned = [](std::size_t length) { return (length + 3) & ~std::size_t{3}; };
  if (bytes < sizeof(narrow_header))
    return;
  std::byte* const end = control + bytes;
  auto* header = reinterpret_cast<narrow_header*>(control);
  while (true) {
    visit(header->cmsg_level, header->cmsg_type,
          reinterpret_cast<const unsigned char*>(header + 1));
    if (header->cmsg_len < sizeof(narrow_header))
      return;
    std::byte* const next = reinterpret_cast<std::byte*>(header) + aligned(header->cmsg_len);
    if (next + sizeof(narrow_header) > end)
      return;
    header = reinterpret_cast<narrow_header*>(next);
    if (next + aligned(header->cmsg_len) > end)
      return;
  }
}

} // namespace ancillary_bench
