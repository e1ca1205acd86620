// The stand-in's Windows versions compared with the reference list.
#include "support/stand_in/profile.hpp"

#include "support/catch.hpp"
#include <ancillary/recvmsg/option_support.hpp>

using namespace ancillary_test;

namespace {

bool has(windows_profile profile, int level, int name) {
  const auto answer = answer_to_option(profile, level, name);
  REQUIRE(answer);
  return *answer == 0;
}

// The version that supports the option, as in option_support.
std::string_view since(const char* option) {
  const auto* const known = ancillary::find_option_support(option);
  REQUIRE(known != nullptr);
  return known->available_since;
}

} // namespace

TEST_CASE("stand-in: a profile is found by its name") {
  for (const auto each : all_profiles) {
    CHECK(profile_of(to_string(each)) == each);
  }
  CHECK_FALSE(profile_of("windows_95"));
}

TEST_CASE("stand-in: each version has the options of the reference list") {
  for (const int level : {0, 41}) {
    for (const auto each : all_profiles) {
      CAPTURE(to_string(each), level);
      CHECK(has(each, level, 19)); // IP_PKTINFO: everywhere
      CHECK(has(each, level, 47)); // IP_ORIGINAL_ARRIVAL_IF: Windows 7
      const bool is_10 = each != windows_profile::windows_7;
      CHECK(has(each, level, 21) == is_10); // IP_RECVTTL
      CHECK(has(each, level, 40) == is_10); // IP_RECVTOS
      // The list marks Windows 7 as supported, and names a later release for Windows 10.
      CHECK(has(each, level, 24) == (each != windows_profile::windows_10_1607));
      const bool is_11 =
          each == windows_profile::windows_11 || each == windows_profile::server_2022;
      CHECK(has(each, level, 50) == is_11); // IP_RECVECN
      CHECK((answer_to_timestamping(each) == 0) == is_11);
      CHECK(has(each, 17, 3) == (is_11 || each == windows_profile::windows_10));
    }
  }
  CHECK(since("IP_ORIGINAL_ARRIVAL_IF") == "Windows 7");
  CHECK(since("IP_RECVTTL") == "Windows 10");
  CHECK(since("IP_RECVTOS") == "Windows 10");
  CHECK(since("IP_RECVIF") == "Windows 10 version 1703");
}

TEST_CASE("stand-in: other options pass through") {
  CHECK_FALSE(answer_to_option(windows_profile::windows_11, 0, 4));       // IP_TTL
  CHECK_FALSE(answer_to_option(windows_profile::windows_11, 0xffff, 32)); // SO_BROADCAST
}
