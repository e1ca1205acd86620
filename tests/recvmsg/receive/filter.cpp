// with_filter and the predefined predicates, on real sockets on the loopback interface.

#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/drain.hpp>
#include <ancillary/recvmsg/filter.hpp>
#include <ancillary/recvmsg/receiver.hpp>

#include <asio/ip/unicast.hpp>
#include <functional>
#include <string>
#include <vector>

using namespace ancillary_test;
using ancillary::field;
using ancillary::packet;
using ancillary::with_filter;

namespace {

const ancillary::receive_options with_metadata{
    .metadata = ancillary::want({field::destination, field::interface_index, field::hop_limit})};

auto not_empty() {
  return [](const packet& each) { return !each.payload().empty(); };
}

std::string text_of(const packet& each) {
  return {reinterpret_cast<const char*>(each.payload().data()), each.payload().size()};
}

void check_balance(const ancillary::receive_counters& now, std::size_t delivered) {
  CHECK(now.datagrams == delivered + now.filtered + now.discarded_on_stop);
}

// How many of two datagrams, with TTL 255 and TTL 64, the predicate accepts.
template <class Predicate>
std::size_t passing(Predicate predicate) {
  asio::io_context io;
  std::size_t passed = 0;
  ancillary::receiver receiver(io, loopback_any_port(),
                               with_filter(predicate, [&](const packet&) { ++passed; }),
                               with_metadata);
  receiver.start();
  loopback_sender from(receiver.local_endpoint());
  from.socket().set_option(asio::ip::unicast::hops(255));
  from.send("neighbours");
  from.socket().set_option(asio::ip::unicast::hops(64));
  from.send("far");
  REQUIRE(run_until(io, [&] { return receiver.counters().datagrams == 2; }));
  check_balance(receiver.counters(), passed);
  return passed;
}

} // namespace

TEST_CASE("filter: a packet handler receives accepted datagrams, the others are counted",
          "[filter]") {
  asio::io_context io;
  std::vector<std::string> texts;
  ancillary::receiver receiver(
      io, loopback_any_port(),
      with_filter(not_empty(), [&](const packet& each) { texts.push_back(text_of(each)); }));
  receiver.start();
  loopback_sender from(receiver.local_endpoint());
  for (const char* const text : {"", "one", "", "two", ""}) {
    from.send(text);
  }
  REQUIRE(run_until(io, [&] { return receiver.counters().datagrams == 5; }));
  CHECK(texts == std::vector<std::string>{"one", "two"});
  CHECK(receiver.counters().filtered == 3);
  check_balance(receiver.counters(), texts.size());
}

TEST_CASE("filter: a batch handler receives accepted datagrams and no empty batch", "[filter]") {
  asio::io_context io;
  std::vector<std::string> texts;
  bool empty_batch = false;
  ancillary::receiver receiver(io, loopback_any_port(),
                               with_filter(not_empty(), [&](std::span<const packet> batch) {
                                 empty_batch = empty_batch || batch.empty();
                                 for (const packet& each : batch) {
                                   texts.push_back(text_of(each));
                                 }
                               }));
  receiver.start();
  loopback_sender from(receiver.local_endpoint());
  for (const char* const text : {"", "one", "", "two"}) {
    from.send(text);
  }
  REQUIRE(run_until(io, [&] { return receiver.counters().datagrams == 4; }));
  from.send("");
  REQUIRE(run_until(io, [&] { return receiver.counters().datagrams == 5; }));
  CHECK(texts == std::vector<std::string>{"one", "two"});
  CHECK_FALSE(empty_batch);
  CHECK(receiver.counters().filtered == 3);
}

TEST_CASE("filter: the outermost of nested filters is called first", "[filter]") {
  asio::io_context io;
  std::string asked;
  std::size_t delivered = 0;
  auto note = [&](char name, bool answer) {
    return [&asked, name, answer](const packet&) {
      asked += name;
      return answer;
    };
  };
  ancillary::receiver receiver(
      io, loopback_any_port(),
      with_filter(note('a', true),
                  with_filter(note('b', false),
                              with_filter(note('c', true), [&](const packet&) { ++delivered; }))));
  receiver.start();
  loopback_sender(receiver.local_endpoint()).send("x");
  REQUIRE(run_until(io, [&] { return receiver.counters().datagrams == 1; }));
  CHECK(asked == "ab");
  CHECK(delivered == 0);
  CHECK(receiver.counters().filtered == 1);
}

TEST_CASE("filter: a filtered handler can use receive_control", "[filter]") {
  asio::io_context io;
  std::size_t delivered = 0;
  ancillary::receiver receiver(
      io, loopback_any_port(),
      with_filter(not_empty(), [&](const packet&, ancillary::receive_control& control) {
        ++delivered;
        CHECK(control.counters().filtered == 1);
        control.stop();
      }));
  receiver.start();
  loopback_sender from(receiver.local_endpoint());
  for (const char* const text : {"", "one", "two", "three"}) {
    from.send(text);
  }
  io.run(); // returns because the receiver is stopped
  CHECK(delivered == 1);
  check_balance(receiver.counters(), delivered);
}

TEST_CASE("filter: drain accepts a reference to a filtered handler", "[filter]") {
  asio::io_context io;
  asio::ip::udp::socket socket(io, loopback_any_port());
  ancillary::drain drain(socket.native_handle());
  std::size_t delivered = 0;
  auto handler = with_filter(not_empty(), [&](const packet&) { ++delivered; });
  loopback_sender from(socket.local_endpoint());
  from.send("");
  from.send("one");
  REQUIRE(poll_until([&] {
    drain.receive(handler);
    return drain.counters().datagrams == 2;
  }));
  CHECK(delivered == 1);
  CHECK(drain.counters().filtered == 1);
}

TEST_CASE("filter: hop_limit_at_least(255) accepts only neighbours", "[filter]") {
  CHECK(passing(ancillary::hop_limit_at_least(255)) == 1);
  CHECK(passing(ancillary::hop_limit_at_least(64)) == 2);
}

TEST_CASE("filter: destination_in compares the destination address", "[filter]") {
  const auto here = ancillary::ip_address::v4({127, 0, 0, 1});
  const auto there = ancillary::ip_address::v4({192, 0, 2, 1});
  CHECK(passing(ancillary::destination_in({there, here})) == 2);
  CHECK(passing(ancillary::destination_in({there})) == 0);
  CHECK(passing(ancillary::destination_in({})) == 0);
}

TEST_CASE("filter: on_interface compares the interface index", "[filter]") {
  std::uint32_t index = 0;
  const auto learn = [&](const packet& each) {
    index = each.metadata().interface_index().value_or(0);
    return true;
  };
  CHECK(passing(learn) == 2);
  REQUIRE(index != 0);
  CHECK(passing(ancillary::on_interface(index)) == 2);
  CHECK(passing(ancillary::on_interface(index + 1)) == 0);
}

TEST_CASE("filter: predefined predicates reject a datagram without their field", "[filter]") {
  asio::io_context io;
  std::size_t delivered = 0;
  ancillary::receiver receiver(
      io, loopback_any_port(),
      with_filter(
          ancillary::any_of(ancillary::hop_limit_at_least(0), ancillary::on_interface(1),
                            ancillary::destination_in({ancillary::ip_address::v4({127, 0, 0, 1})})),
          [&](const packet&) { ++delivered; })); // no metadata was requested
  receiver.start();
  loopback_sender(receiver.local_endpoint()).send("x");
  REQUIRE(run_until(io, [&] { return receiver.counters().datagrams == 1; }));
  CHECK(delivered == 0);
}

TEST_CASE("filter: predicates combine with all_of, any_of, none_of and lambdas", "[filter]") {
  using namespace ancillary;
  const auto neighbours = hop_limit_at_least(255);
  const auto far_text = [](const packet& each) { return text_of(each) == "far"; };
  CHECK(passing(all_of(neighbours, far_text)) == 0);
  CHECK(passing(any_of(neighbours, far_text)) == 2);
  CHECK(passing(all_of(none_of(neighbours), far_text)) == 1);
  CHECK(passing(all_of()) == 2);
  CHECK(passing(any_of()) == 0);
}

TEST_CASE("filter: an object with accepts(metadata_view) works as a predicate", "[filter]") {
  struct only_hop_limit {
    std::uint8_t wanted;
    [[nodiscard]] bool accepts(const ancillary::metadata_view& metadata) const {
      return metadata.hop_limit() == wanted;
    }
  };
  only_hop_limit filter{64};
  CHECK(passing(ancillary::accepted_by(filter)) == 1);
  const auto by_reference = ancillary::accepted_by(std::ref(filter));
  filter.wanted = 1;
  CHECK(passing(by_reference) == 0);
}
