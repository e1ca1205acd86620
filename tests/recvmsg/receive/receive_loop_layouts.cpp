// The loop and the control layout of its driver.
#include "support/scripted_control.hpp"
#include "support/scripted_receiver.hpp"

using namespace ancillary_test;
using ancillary::field;
using ancillary::ip_family;
using ancillary::packet;

TEMPLATE_TEST_CASE("the loop decodes the layout that its driver fills", "",
                   ancillary::layouts::windows_x64, ancillary::layouts::windows_x86,
                   ancillary::layouts::linux_64, ancillary::layouts::linux_32) {
  asio::io_context io;
  std::vector<std::string> seen;
  std::vector<int> hop_limits;
  scripted_receiver receiver(
      io,
      [&](const packet& p) {
        seen.push_back(text_of(p));
        hop_limits.push_back(p.metadata().hop_limit().value_or(0));
      },
      {.granted = {field::hop_limit, field::traffic_class}, .layout = TestType::id});
  for (int i = 0; i < 3; ++i) {
    receiver.traffic().datagram("abcd", control<TestType>([](auto& builder) {
                                  builder.hop_limit(5, ip_family::v6);
                                  builder.traffic_class({8}, ip_family::v6);
                                  builder.segment_bytes(2);
                                }));
    receiver.traffic().datagram("e", control<TestType>([](auto& builder) {
                                  builder.hop_limit(6, ip_family::v4);
                                  builder.traffic_class({8}, ip_family::v4);
                                }));
  }
  receiver.start();
  io.poll();
  CHECK(seen == std::vector<std::string>{"ab", "cd", "e", "ab", "cd", "e", "ab", "cd", "e"});
  CHECK(hop_limits == std::vector<int>{5, 5, 6, 5, 5, 6, 5, 5, 6});
  CHECK(receiver.counters().metadata_missing == 0);
  CHECK(receiver.counters().coalesced_buffers == 3);
}
