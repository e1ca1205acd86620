#include "support/catch.hpp"
#include <ancillary/recvmsg/interface.hpp>
#include <ancillary/recvmsg/options/interface_selector.hpp>

#include <string>

TEST_CASE("interface_index finds names and numbers, interface_name is the inverse") {
  int found = 0;
  for (std::uint32_t index = 1; index < 64; ++index) {
    const auto name = ancillary::interface_name(index);
    if (name.empty()) {
      continue;
    }
    INFO(name);
    ++found;
    CHECK(ancillary::interface_index(name) == index);
    CHECK(ancillary::interface_index(std::to_string(index)) == index);
    CHECK(ancillary::options::interface_selector(name).index() == index);
  }
  CHECK(found > 0); // every machine has a loopback interface
}

TEST_CASE("interface_index and interface_name return nothing for an unknown interface") {
  CHECK_FALSE(ancillary::interface_index(""));
  CHECK_FALSE(ancillary::interface_index("no such interface"));
  CHECK_FALSE(ancillary::interface_index(std::string(300, 'x')));
  CHECK_FALSE(ancillary::interface_index("0"));
  CHECK_FALSE(ancillary::interface_index("-1"));
  CHECK_FALSE(ancillary::interface_index("1 "));
  CHECK_FALSE(ancillary::interface_index("4000000000"));
  CHECK_FALSE(ancillary::interface_index("99999999999999999999"));
  CHECK(ancillary::interface_name(0).empty());
  CHECK(ancillary::interface_name(4'000'000'000).empty());
}
