// The bytes passed to Windows, on every host. Provenance of the expected bytes: the structures of
// ws2ipdef.h, written by hand.
#include "hand_over.hpp"
#include "support/catch.hpp"

using namespace option_tests;

TEST_CASE("Windows IPv4: numbers and bytes of all options") {
  const auto windows = [](option_id option) { return hand_over(x64, option, v4).value(); };
  CHECK(windows(option_id::add_membership) == call(0, 12, group_hex + "00000003"));
  CHECK(windows(option_id::add_source_membership) ==
        call(0, 15, group_hex + source_hex + "0a000001"));
  CHECK(windows(option_id::block_source) == call(0, 17, group_hex + source_hex + "0a000001"));
  CHECK(windows(option_id::dontfragment) == call(0, 14, "01000000"));
  CHECK(windows(option_id::drop_membership) == call(0, 13, group_hex + "00000003"));
  CHECK(windows(option_id::drop_source_membership) ==
        call(0, 16, group_hex + source_hex + "0a000001"));
  CHECK(windows(option_id::hdrincl) == call(0, 2, "01000000"));
  CHECK(windows(option_id::mtu) == call(0, 73, ""));
  CHECK(windows(option_id::mtu_discover) == call(0, 71, "02000000"));
  CHECK(windows(option_id::multicast_if) == call(0, 9, "00000003"));
  CHECK(windows(option_id::multicast_loop) == call(0, 11, "01000000"));
  CHECK(windows(option_id::multicast_ttl) == call(0, 10, "c8000000"));
  CHECK(windows(option_id::options) == call(0, 1, ""));
  CHECK(windows(option_id::original_arrival_if) == call(0, 47, "01000000"));
  CHECK(windows(option_id::pktinfo) == call(0, 19, "01000000"));
  CHECK(windows(option_id::receive_broadcast) == call(0, 22, "01000000"));
  CHECK(windows(option_id::recvif) == call(0, 24, "01000000"));
  CHECK(windows(option_id::iflist) == call(0, 28, "01000000"));
  CHECK(windows(option_id::add_iflist) == call(0, 29, "03000000"));
  CHECK(windows(option_id::del_iflist) == call(0, 30, "03000000"));
  CHECK(windows(option_id::recvecn) == call(0, 50, "01000000"));
  CHECK(windows(option_id::recvtos) == call(0, 40, "01000000"));
  CHECK(windows(option_id::recvttl) == call(0, 21, "01000000"));
  CHECK(windows(option_id::tos) == call(0, 3, "c8000000"));
  CHECK(windows(option_id::ttl) == call(0, 4, "c8000000"));
  CHECK(windows(option_id::unblock_source) == call(0, 18, group_hex + source_hex + "0a000001"));
  CHECK(windows(option_id::unicast_if) == call(0, 31, "00000003"));
  CHECK(windows(option_id::user_mtu) == call(0, 76, "78050000"));
  CHECK(windows(option_id::wfp_redirect_context) == call(0, 70,
                                                         "1300000000000000"
                                                         "00000000"
                                                         "46000000"
                                                         "010203"));
  CHECK(windows(option_id::wfp_redirect_records) == call(0, 60,
                                                         "1300000000000000"
                                                         "00000000"
                                                         "3c000000"
                                                         "010203"));
}

TEST_CASE("Windows IPv6: numbers and bytes of all options with a counterpart") {
  const auto windows = [](option_id option) { return hand_over(x64, option, v6).value(); };
  const std::string mreq = group6_hex + "03000000";
  const std::string source_req =
      "0300000000000000" + storage6("17", group6_hex) + storage6("17", source6_hex);
  CHECK(windows(option_id::add_membership) == call(41, 12, mreq));
  CHECK(windows(option_id::add_source_membership) == call(41, 45, source_req));
  CHECK(windows(option_id::block_source) == call(41, 43, source_req));
  CHECK(windows(option_id::dontfragment) == call(41, 14, "01000000"));
  CHECK(windows(option_id::drop_membership) == call(41, 13, mreq));
  CHECK(windows(option_id::drop_source_membership) == call(41, 46, source_req));
  CHECK(windows(option_id::hdrincl) == call(41, 2, "01000000"));
  CHECK(windows(option_id::mtu) == call(41, 72, ""));
  CHECK(windows(option_id::mtu_discover) == call(41, 71, "02000000"));
  CHECK(windows(option_id::multicast_if) == call(41, 9, "03000000"));
  CHECK(windows(option_id::multicast_loop) == call(41, 11, "01000000"));
  CHECK(windows(option_id::multicast_ttl) == call(41, 10, "c8000000"));
  CHECK(windows(option_id::original_arrival_if) == call(41, 47, "01000000"));
  CHECK(windows(option_id::pktinfo) == call(41, 19, "01000000"));
  CHECK(windows(option_id::recvif) == call(41, 24, "01000000"));
  CHECK(windows(option_id::iflist) == call(41, 28, "01000000"));
  CHECK(windows(option_id::add_iflist) == call(41, 29, "03000000"));
  CHECK(windows(option_id::del_iflist) == call(41, 30, "03000000"));
  CHECK(windows(option_id::recvecn) == call(41, 50, "01000000"));
  CHECK(windows(option_id::recvtos) == call(41, 40, "01000000"));
  CHECK(windows(option_id::recvttl) == call(41, 21, "01000000"));
  CHECK(windows(option_id::tos) == call(41, 39, "c8000000"));
  CHECK(windows(option_id::ttl) == call(41, 4, "c8000000"));
  CHECK(windows(option_id::unblock_source) == call(41, 44, source_req));
  // In host byte order, unlike IPv4.
  CHECK(windows(option_id::unicast_if) == call(41, 31, "03000000"));
  CHECK(windows(option_id::user_mtu) == call(41, 76, "78050000"));
  CHECK(windows(option_id::wfp_redirect_context) == call(41, 70,
                                                         "1300000000000000"
                                                         "29000000"
                                                         "46000000"
                                                         "010203"));
  CHECK(windows(option_id::wfp_redirect_records) == call(41, 60,
                                                         "1300000000000000"
                                                         "29000000"
                                                         "3c000000"
                                                         "010203"));
  CHECK_FALSE(hand_over(x64, option_id::options, v6));
  CHECK_FALSE(hand_over(x64, option_id::receive_broadcast, v6));
}

TEST_CASE("Windows x86: redirect data has a 12-byte header") {
  for (const auto& known : ancillary::all_option_support()) {
    INFO(known.name);
    if (known.id == option_id::wfp_redirect_context ||
        known.id == option_id::wfp_redirect_records) {
      continue;
    }
    CHECK(hand_over(x86, known.id, v4) == hand_over(x64, known.id, v4));
    CHECK(hand_over(x86, known.id, v6) == hand_over(x64, known.id, v6));
  }
  CHECK(hand_over(x86, option_id::wfp_redirect_records, v4) == call(0, 60,
                                                                    "0f000000"
                                                                    "00000000"
                                                                    "3c000000"
                                                                    "010203"));
  CHECK(hand_over(x86, option_id::wfp_redirect_context, v6) == call(41, 70,
                                                                    "0f000000"
                                                                    "29000000"
                                                                    "46000000"
                                                                    "010203"));
}
