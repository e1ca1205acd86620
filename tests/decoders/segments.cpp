#include "support/catch.hpp"
#include <ancillary/decoders/segments.hpp>

#include <array>
#include <iterator>
#include <numeric>
#include <vector>

using namespace ancillary;

namespace {

constexpr std::array<std::byte, 10> ten{};

static_assert(segments{ten, 4}.size() == 3 && !segments{ten, 4}.malformed());
static_assert((*segments{ten, 4}.begin()).size() == 4);
static_assert(segments{ten, 0}.malformed() && segments{ten, 0}.size() == 1);
static_assert(std::forward_iterator<segments::iterator>);

std::vector<std::size_t> sizes_of(std::span<const std::byte> payload, std::size_t segment_bytes) {
  const segments pieces{payload, segment_bytes};
  std::vector<std::size_t> sizes;
  const std::byte* expected = payload.data();
  for (const auto piece : pieces) {
    CHECK(piece.data() == expected);
    expected += piece.size();
    sizes.push_back(piece.size());
  }
  CHECK(sizes.size() == pieces.size());
  CHECK(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}) == payload.size());
  return sizes;
}

using sizes = std::vector<std::size_t>;

} // namespace

TEST_CASE("segments splits a payload, the last segment may be shorter") {
  CHECK(sizes_of(ten, 4) == sizes{4, 4, 2});
  CHECK(sizes_of(ten, 5) == sizes{5, 5});
  CHECK(sizes_of(ten, 9) == sizes{9, 1});
  CHECK(sizes_of(ten, 10) == sizes{10});
  CHECK(sizes_of(ten, 1) == sizes(10, 1));
  CHECK_FALSE(segments(ten, 10).malformed());
}

TEST_CASE("segments of an empty payload: one empty datagram") {
  CHECK(sizes_of({}, 0) == sizes{0});
  CHECK(sizes_of({}, 1200) == sizes{0});
  CHECK(segments({}, 1200).size() == 1);
}

TEST_CASE("segments of an invalid size: the whole payload, malformed") {
  CHECK(sizes_of(ten, 0) == sizes{10});
  CHECK(segments(ten, 0).malformed());
  CHECK(sizes_of(ten, 11) == sizes{10});
  CHECK(segments(ten, 11).malformed());
  CHECK(sizes_of(ten, static_cast<std::size_t>(-1)) == sizes{10});
}

TEST_CASE("segments are not limited to 64") {
  const std::vector<std::byte> payload(65'535);
  CHECK(sizes_of(payload, 1).size() == 65'535);
  CHECK(sizes_of(payload, 500).size() == 132);
}

TEST_CASE("segments can be iterated twice and from a copied iterator") {
  const segments pieces{ten, 3};
  auto at = pieces.begin();
  const auto before = at++;
  CHECK((*before).size() == 3);
  CHECK(std::distance(at, pieces.end()) == 3);
  CHECK(std::distance(pieces.begin(), pieces.end()) == 4);
  CHECK(before == pieces.begin());
}
