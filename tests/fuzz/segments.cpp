//      0                       4
//      +-----------------------+---------+
//      | segment bytes, big-   | payload |
//      | endian                |         |
//      +-----------------------+---------+
#include "fuzz/finding.hpp"
#include "fuzz/input.hpp"
#include "fuzz/targets.hpp"
#include <ancillary/decoders/segments.hpp>

#include <algorithm>
#include <iterator>

namespace ancillary_test::fuzz {

namespace {

void check(std::span<const std::byte> payload, std::size_t segment_bytes) {
  const ancillary::segments pieces(payload, segment_bytes);
  const bool makes_sense = segment_bytes != 0 && segment_bytes <= payload.size();
  expect(pieces.malformed() == !makes_sense, "malformed() is wrong");
  const std::size_t piece_bytes = makes_sense ? segment_bytes : payload.size();

  std::size_t at = 0;
  std::size_t count = 0;
  for (const auto piece : pieces) {
    expect(piece.data() == payload.data() + at, "a piece does not follow the one before it");
    expect(piece.size() == std::min(piece_bytes, payload.size() - at), "a piece has a wrong size");
    expect(!piece.empty() || payload.empty(), "a piece is empty");
    at += piece.size();
    ++count;
  }
  expect(at == payload.size(), "the pieces are not the payload");
  expect(count == pieces.size() && count >= 1, "size() is wrong");
  expect(std::distance(pieces.begin(), pieces.end()) == static_cast<std::ptrdiff_t>(count),
         "a second walk differs");
}

} // namespace

void segments(std::span<const std::byte> input) {
  input_bytes from(input);
  const std::size_t segment_bytes = from.u32();
  const std::span<const std::byte> payload = from.rest();
  check(payload, segment_bytes);
  check(payload, segment_bytes % (payload.size() + 2));
  for (const std::size_t near : {payload.size() - 1, payload.size(), payload.size() + 1}) {
    check(payload, near);
  }
  check(payload.first(std::min<std::size_t>(payload.size(), segment_bytes % 256)), segment_bytes);
}

} // namespace ancillary_test::fuzz
