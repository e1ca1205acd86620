// The table of the live view, against exact counts.
#include "examples/receiver/heavy_hitters.hpp"

#include "support/catch.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <unordered_map>

namespace {

struct seeded_hash {
  std::uint64_t seed = 0x9e3779b97f4a7c15ULL;
  std::uint64_t operator()(std::uint64_t key) const noexcept {
    key = (key ^ seed) * 0xff51afd7ed558ccdULL;
    return key ^ key >> 32;
  }
};

struct colliding_hash {
  std::uint64_t operator()(std::uint64_t) const noexcept { return 7; }
};

using table = tool::heavy_hitters<std::uint64_t, std::uint64_t, seeded_hash>;
using count_of_key = std::unordered_map<std::uint64_t, std::uint64_t>;

count_of_key of_interval(table& kept) {
  count_of_key seen;
  kept.for_each([&seen](std::uint64_t key, std::uint64_t& value) {
    CHECK(seen.emplace(key, value).second);
    value = 0;
  });
  return seen;
}

// The promise of heavy_hitters for one interval.
void check_promise(table& kept, const count_of_key& exact) {
  const std::uint64_t missed = kept.missed();
  const count_of_key seen = of_interval(kept);
  for (const auto& [key, count] : exact) {
    const auto found = seen.find(key);
    const std::uint64_t shown = found == seen.end() ? 0 : found->second;
    if (shown > count || count - shown > missed) {
      FAIL("key " << key << ": " << shown << " of " << count << ", missed() " << missed);
    }
  }
}

} // namespace

TEST_CASE("heavy hitters: counts are exact while the keys fit") {
  table kept(100);
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    ++kept.count(i % 100);
  }
  CHECK(kept.size() == 100);
  CHECK(kept.missed() == 0);
  for (const auto& [key, count] : of_interval(kept)) {
    CHECK(key < 100);
    CHECK(count == 100);
  }
}

TEST_CASE("heavy hitters: no count lacks more than missed(), whatever the stream") {
  std::mt19937_64 random(7);
  table kept(256);
  for (int interval = 0; interval < 20; ++interval) {
    count_of_key exact;
    // From many equal keys to few frequent ones among many rare ones.
    std::geometric_distribution<std::uint64_t> skewed(0.001 * (interval + 1));
    std::uniform_int_distribution<std::uint64_t> even(0, 5'000);
    for (int i = 0; i < 50'000; ++i) {
      const std::uint64_t key = interval % 2 == 0 ? skewed(random) : even(random);
      ++exact[key];
      ++kept.count(key);
    }
    CHECK(kept.size() <= kept.capacity());
    // 2 / capacity of the scores, of which the past has at most as many again as the interval.
    CHECK(kept.missed() <= 4 * 50'000 / kept.capacity() + 1);
    check_promise(kept, exact);
    kept.next_interval();
  }
}

TEST_CASE("heavy hitters: missed() stays within its bound in a steady stream of ever new keys") {
  constexpr std::size_t capacity = 1024;
  constexpr std::uint64_t per_interval = 100'000;
  table kept(capacity);
  std::uint64_t next = 1;
  for (int interval = 0; interval < 10; ++interval) {
    std::uint64_t of_heavy = 0;
    for (std::uint64_t i = 0; i < per_interval; ++i) {
      of_heavy = i % 50 == 0 ? ++kept.count(0) : of_heavy;
      ++kept.count(next++);
    }
    // 2 / capacity of the scores, of which the past has as much again as the interval.
    CHECK(kept.missed() <= 4 * (per_interval + per_interval / 50) / capacity + 1);
    CHECK(of_heavy + kept.missed() >= per_interval / 50);
    of_interval(kept);
    kept.next_interval();
  }
}

TEST_CASE("heavy hitters: a key that becomes frequent replaces those of the past") {
  table kept(16);
  for (std::uint64_t i = 0; i < 160'000; ++i) {
    ++kept.count(i % 16);
  }
  for (int interval = 0; interval < 20; ++interval) {
    of_interval(kept);
    kept.next_interval();
    for (std::uint64_t i = 0; i < 1'000; ++i) {
      ++kept.count(1'000 + i % 8);
      ++kept.count(100'000 + i + 1'000 * static_cast<std::uint64_t>(interval));
    }
  }
  const std::uint64_t missed = kept.missed();
  const count_of_key seen = of_interval(kept);
  for (std::uint64_t key = 1'000; key < 1'008; ++key) {
    REQUIRE(seen.contains(key));
    CHECK(seen.at(key) + missed >= 125);
  }
}

TEST_CASE("heavy hitters: scores of the past fade, and new keys do not pay for them") {
  table kept(16);
  for (std::uint64_t i = 0; i < 160'000; ++i) {
    ++kept.count(i % 16);
  }
  for (int interval = 0; interval < 10; ++interval) {
    kept.next_interval();
  }
  for (std::uint64_t i = 0; i < 17; ++i) {
    ++kept.count(1'000 + i);
  }
  CHECK(kept.missed() >= 1);
  CHECK(kept.missed() <= 10'000 / 1'024 + 1); // the median of the faded scores
}

TEST_CASE("heavy hitters: keys whose hashes collide are kept apart") {
  tool::heavy_hitters<std::uint64_t, std::uint64_t, colliding_hash> kept(8);
  for (std::uint64_t i = 0; i < 80; ++i) {
    ++kept.count(i % 8);
  }
  std::size_t entries = 0;
  kept.for_each([&](std::uint64_t, std::uint64_t count) {
    CHECK(count == 10);
    ++entries;
  });
  CHECK(entries == 8);
}
