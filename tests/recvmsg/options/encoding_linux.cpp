// The bytes passed to Linux, on every host. Provenance of the expected bytes: the structures of
// linux/in.h and linux/in6.h, written by hand.
#include "hand_over.hpp"
#include "support/catch.hpp"

using namespace option_tests;

TEST_CASE("Linux IPv4: numbers and bytes of all equivalent options") {
  const auto system = [](option_id option) { return hand_over(linux64, option, v4).value(); };
  const std::string mreqn = group_hex + "00000000"
                                        "03000000";
  const std::string mreq_source = group_hex + "0a000001" + source_hex;
  CHECK(system(option_id::add_membership) == call(0, 35, mreqn));
  CHECK(system(option_id::add_source_membership) == call(0, 39, mreq_source));
  CHECK(system(option_id::block_source) == call(0, 38, mreq_source));
  CHECK(system(option_id::dontfragment) == call(0, 10, "02000000"));
  CHECK(system(option_id::drop_membership) == call(0, 36, mreqn));
  CHECK(system(option_id::drop_source_membership) == call(0, 40, mreq_source));
  CHECK(system(option_id::hdrincl) == call(0, 3, "01000000"));
  CHECK(system(option_id::mtu) == call(0, 14, ""));
  CHECK(system(option_id::mtu_discover) == call(0, 10, "00000000"));
  CHECK(system(option_id::multicast_if) == call(0, 32,
                                                "0000000000000000"
                                                "03000000"));
  CHECK(system(option_id::multicast_loop) == call(0, 34, "01000000"));
  CHECK(system(option_id::multicast_ttl) == call(0, 33, "c8000000"));
  CHECK(system(option_id::options) == call(0, 4, ""));
  CHECK(system(option_id::pktinfo) == call(0, 8, "01000000"));
  CHECK(system(option_id::recvtos) == call(0, 13, "01000000"));
  CHECK(system(option_id::recvttl) == call(0, 12, "01000000"));
  CHECK(system(option_id::tos) == call(0, 1, "c8000000"));
  CHECK(system(option_id::ttl) == call(0, 2, "c8000000"));
  CHECK(system(option_id::unblock_source) == call(0, 37, mreq_source));
  CHECK(system(option_id::unicast_if) == call(0, 50, "00000003"));
  for (const auto option :
       {option_id::original_arrival_if, option_id::receive_broadcast, option_id::recvif,
        option_id::user_mtu, option_id::wfp_redirect_context, option_id::wfp_redirect_records}) {
    CHECK_FALSE(hand_over(linux64, option, v4));
  }
}

TEST_CASE("Linux IPv6: numbers and bytes of all equivalent options") {
  const auto system = [](option_id option) { return hand_over(linux64, option, v6).value(); };
  const std::string mreq = group6_hex + "03000000";
  const std::string source_req =
      "0300000000000000" + storage6("0a", group6_hex) + storage6("0a", source6_hex);
  CHECK(system(option_id::add_membership) == call(41, 20, mreq));
  CHECK(system(option_id::add_source_membership) == call(41, 46, source_req));
  CHECK(system(option_id::block_source) == call(41, 43, source_req));
  CHECK(system(option_id::dontfragment) == call(41, 62, "01000000"));
  CHECK(system(option_id::drop_membership) == call(41, 21, mreq));
  CHECK(system(option_id::drop_source_membership) == call(41, 47, source_req));
  CHECK(system(option_id::hdrincl) == call(41, 36, "01000000"));
  CHECK(system(option_id::mtu) == call(41, 24, ""));
  CHECK(system(option_id::mtu_discover) == call(41, 23, "00000000"));
  CHECK(system(option_id::multicast_if) == call(41, 17, "03000000"));
  CHECK(system(option_id::multicast_loop) == call(41, 19, "01000000"));
  CHECK(system(option_id::multicast_ttl) == call(41, 18, "c8000000"));
  CHECK(system(option_id::pktinfo) == call(41, 49, "01000000"));
  CHECK(system(option_id::recvtos) == call(41, 66, "01000000"));
  CHECK(system(option_id::recvttl) == call(41, 51, "01000000"));
  CHECK(system(option_id::tos) == call(41, 67, "c8000000"));
  CHECK(system(option_id::ttl) == call(41, 16, "c8000000"));
  CHECK(system(option_id::unblock_source) == call(41, 44, source_req));
  CHECK(system(option_id::unicast_if) == call(41, 76, "00000003"));
  CHECK(system(option_id::user_mtu) == call(41, 24, "78050000"));
  for (const auto option :
       {option_id::options, option_id::original_arrival_if, option_id::receive_broadcast,
        option_id::recvif, option_id::wfp_redirect_context, option_id::wfp_redirect_records}) {
    CHECK_FALSE(hand_over(linux64, option, v6));
  }
}

TEST_CASE("Linux 32-bit: group_source_req has no padding") {
  CHECK(hand_over(linux32, option_id::add_source_membership, v6) ==
        call(41, 46, "03000000" + storage6("0a", group6_hex) + storage6("0a", source6_hex)));
  CHECK(hand_over(linux32, option_id::add_membership, v4) ==
        hand_over(linux64, option_id::add_membership, v4));
}

TEST_CASE("user MTU: cannot be read on Linux") {
  CHECK_FALSE(find_option_number(linux64, option_id::user_mtu, v6, option_use::get));
  CHECK(find_option_number(x64, option_id::user_mtu, v6, option_use::get));
}
