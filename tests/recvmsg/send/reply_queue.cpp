// The reply queue with a scripted send driver.

#include "support/catch.hpp"
#include "support/fake_send_driver.hpp"
#include <ancillary/recvmsg/detail/reply_queue.hpp>

#include <string>

using ancillary::full_send_buffer;
using ancillary::outgoing;
using ancillary::detail::reply_queue;
using ancillary_test::fake_send_driver;
using ancillary_test::send_script;

namespace {

const std::error_code refusal = asio::error::invalid_argument;

struct fixture {
  explicit fixture(full_send_buffer when_full, std::size_t capacity = 8) {
    queue.leave_by(std::make_unique<fake_send_driver>(script),
                   {.when_full = when_full, .capacity = capacity});
  }

  void add(const std::string& text, bool stays = false) {
    static_cast<void>(queue.add(std::as_bytes(std::span(text)), stays));
  }

  std::string sent() const {
    std::string all;
    for (const auto& each : script->sent) {
      all += each.payload + " ";
    }
    return all;
  }

  std::shared_ptr<send_script> script = std::make_shared<send_script>();
  reply_queue queue;
};

} // namespace

TEST_CASE("reply_queue: the replies of a batch leave in one call, in order") {
  fixture test(full_send_buffer::drop);
  test.add("a");
  test.add("b");
  test.add("c");
  CHECK(test.script->calls.empty());
  CHECK(test.queue.flush());
  CHECK(test.sent() == "a b c ");
  CHECK(test.script->calls == std::vector<std::size_t>{3});
  CHECK(test.queue.counters().datagrams == 3);
  CHECK(test.queue.counters().bytes == 3);
  CHECK(test.queue.flush());
  CHECK(test.script->calls.size() == 1);
}

TEST_CASE("reply_queue: the caller may reuse the payload after add()") {
  fixture test(full_send_buffer::drop);
  std::string text = "first";
  test.add(text);
  text = "other";
  std::string in_slot = "stays";
  test.add(in_slot, true);
  in_slot = "STAYS"; // not copied: read at the end of the batch
  CHECK(test.queue.flush());
  CHECK(test.sent() == "first STAYS ");
}

TEST_CASE("reply_queue: replies beyond its capacity leave early") {
  fixture test(full_send_buffer::drop, 4);
  for (int i = 0; i < 10; ++i) {
    test.add(std::to_string(i));
  }
  CHECK(test.script->calls == std::vector<std::size_t>{4, 4});
  CHECK(test.queue.flush());
  CHECK(test.sent() == "0 1 2 3 4 5 6 7 8 9 ");
}

TEST_CASE("reply_queue: bytes beyond its capacity leave early") {
  fixture test(full_send_buffer::drop);
  const std::string large(40000, 'x');
  for (int i = 0; i < 3; ++i) {
    test.add(large);
  }
  CHECK(test.script->calls == std::vector<std::size_t>{1, 1});
  CHECK(test.queue.flush());
  CHECK(test.queue.counters().bytes == 120000);
}

TEST_CASE("reply_queue: a reply too large for a datagram is counted") {
  fixture test(full_send_buffer::drop);
  test.add(std::string(70000, 'x'));
  CHECK(test.queue.flush());
  CHECK(test.script->calls.empty());
  CHECK(test.queue.counters().errors == 1);
}

TEST_CASE("reply_queue: a full send buffer drops and counts") {
  fixture test(full_send_buffer::drop);
  test.script->answers.push_back({1, asio::error::would_block});
  for (const char* text : {"a", "b", "c"}) {
    test.add(text);
  }
  CHECK(test.queue.flush());
  CHECK(test.sent() == "a ");
  CHECK(test.queue.counters().dropped == 2);
  CHECK(test.queue.counters().send_buffer_full == 1);
  test.add("d");
  CHECK(test.queue.flush());
  CHECK(test.sent() == "a d ");
}

TEST_CASE("reply_queue: waiting replies outlive their batch") {
  fixture test(full_send_buffer::wait);
  test.script->answers.push_back({1, asio::error::would_block});
  test.script->full_for(1);
  std::string in_slot = "c";
  test.add("a");
  test.add("b");
  test.add(in_slot, true);
  CHECK_FALSE(test.queue.flush());
  in_slot = "overwritten by the next batch";
  CHECK_FALSE(test.queue.flush());
  CHECK(test.queue.flush());
  CHECK(test.sent() == "a b c ");
  CHECK(test.queue.counters().dropped == 0);
  CHECK(test.queue.counters().send_buffer_full == 2);
}

TEST_CASE("reply_queue: a waiting queue accepts more than its capacity") {
  fixture test(full_send_buffer::wait, 4);
  test.script->full_for(2);
  std::string wanted;
  for (int i = 0; i < 300; ++i) {
    const std::string text = std::to_string(i) + std::string(1000, '.');
    test.add(text);
    wanted += text + " ";
  }
  CHECK(test.script->calls.size() == 1); // it was full once, and not called again
  CHECK_FALSE(test.queue.flush());
  CHECK(test.queue.flush());
  CHECK(test.sent() == wanted);
}

TEST_CASE("reply_queue: a refused reply does not block the others") {
  fixture test(full_send_buffer::drop);
  test.script->answers.push_back({1, asio::error::host_unreachable});
  for (const char* text : {"a", "b", "c"}) {
    test.add(text);
  }
  CHECK(test.queue.flush());
  CHECK(test.sent() == "a c ");
  CHECK(test.queue.counters().errors == 1);
  CHECK(test.queue.counters().datagrams == 2);
}

TEST_CASE("reply_queue: a refused source is omitted once and counted") {
  fixture test(full_send_buffer::drop);
  test.script->answers.push_back({0, refusal});
  const auto add_with_source = [&test] {
    outgoing& reply = *test.queue.add({}, true);
    reply.source = ancillary::ip_address::v4({192, 0, 2, 255});
    reply.interface_index = 7;
  };
  add_with_source();
  add_with_source();
  CHECK(test.queue.flush());
  REQUIRE(test.script->sent.size() == 2);
  CHECK_FALSE(test.script->sent[0].source);
  CHECK(test.script->sent[0].interface_index == 7);
  CHECK(test.script->sent[1].source);
  CHECK(test.queue.counters().without_source == 1);

  test.script->answers.push_back({0, refusal});
  test.script->answers.push_back({0, refusal});
  add_with_source();
  CHECK(test.queue.flush());
  CHECK(test.queue.counters().errors == 1);
  CHECK(test.script->sent.size() == 2);
  CHECK(test.queue.counters().without_source == 1); // not of a reply that did not leave
}

TEST_CASE("reply_queue: dropped replies are counted") {
  fixture test(full_send_buffer::wait);
  test.script->full_for(2);
  test.add("a");
  test.add("b");
  CHECK_FALSE(test.queue.flush());
  test.queue.finish();
  CHECK(test.queue.counters().dropped == 2);
  test.add("c");
  CHECK(test.queue.flush());
  CHECK(test.sent() == "c ");
}
