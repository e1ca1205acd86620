// The search of the example pmtu_probe, against simulated paths.
#include "examples/pmtu_probe/search.hpp"
#include "support/catch.hpp"

namespace {

constexpr std::uint32_t smallest = 68;

// A path that drops packets above its MTU, with or without an ICMP message. Returns the number of
// probes, of which each size that is lost takes three.
struct path {
  std::uint32_t mtu;
  std::uint32_t interface_mtu = 9500;
  bool icmp = true;

  unsigned run(path_mtu_search& search, unsigned limit = 200) const {
    unsigned probes = 0;
    while (const auto size = search.next()) {
      if (probes > limit) {
        return probes;
      }
      ++probes;
      if (*size > interface_mtu) {
        search.limit(interface_mtu);
      } else if (*size <= mtu) {
        search.confirm(*size);
      } else if (!icmp || !search.hint(*size, mtu)) {
        probes += 2;
        search.give_up(*size);
      }
    }
    return probes;
  }
};

path_mtu_search search_from(std::uint32_t base = 576) { return {smallest, base, 65535}; }

} // namespace

TEST_CASE("PMTU search: finds the exact MTU of every path, with and without ICMP", "[pmtu]") {
  for (std::uint32_t mtu = smallest; mtu <= 9500; mtu += mtu < 600 || mtu > 9400 ? 1 : 37) {
    CAPTURE(mtu);
    auto with = search_from();
    CHECK(path{mtu}.run(with) <= 8);
    CHECK(with.confirmed() == mtu);
    auto without = search_from();
    CHECK(path{mtu, 9500, false}.run(without) <= 60);
    CHECK(without.confirmed() == mtu);
  }
}

TEST_CASE("PMTU search: a wrong hint changes neither the result nor the end", "[pmtu]") {
  auto search = search_from();
  search.confirm(576);
  CHECK(search.next() == 65535U);
  search.limit(9500);
  CHECK(search.hint(9500, 700)); // forged, or of another path
  CHECK(search.next() == 700U);
  search.confirm(700);
  CHECK(search.next() == 701U); // the MTU is not known to be 700
  search.confirm(701);
  path{1500}.run(search);
  CHECK(search.confirmed() == 1500);
}

TEST_CASE("PMTU search: a hint that cannot be right has no effect", "[pmtu]") {
  auto search = search_from();
  search.confirm(576);
  search.limit(1500);
  CHECK_FALSE(search.hint(1500, 67));
  CHECK_FALSE(search.hint(1500, 1500));
  CHECK_FALSE(search.hint(1500, 0xffffffff));
  CHECK(search.next() == 1500U);
}

TEST_CASE("PMTU search: a path that shrinks below what arrived", "[pmtu]") {
  auto search = search_from();
  search.confirm(576);
  search.confirm(1400);
  const bool icmp = GENERATE(true, false);
  CAPTURE(icmp);
  if (icmp) {
    CHECK(path{560, 1500, true}.run(search) < 10);
    CHECK(search.confirmed() == 560);
  } else {
    CHECK(path{560, 1500, false}.run(search) < 60); // it ends
  }
}

TEST_CASE("PMTU search: nobody answers", "[pmtu]") {
  auto search = search_from();
  CHECK(path{0, 1500, false}.run(search) < 20);
  CHECK(search.confirmed() == 0);
}
