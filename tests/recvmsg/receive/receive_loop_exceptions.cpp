// Handlers that throw: the exception propagates out of run(), the rest follows in the next run(),
// nothing is lost.
#include "support/scripted_control.hpp"
#include "support/scripted_receiver.hpp"
#include <ancillary/recvmsg/filter.hpp>

#include <stdexcept>

using namespace ancillary_test;
using ancillary::packet;

namespace {

std::vector<std::byte> segment(std::uint32_t bytes) {
  return control([&](auto& builder) { builder.segment_bytes(bytes); });
}

// Runs to the end however often a handler throws; returns how often it threw.
int run_through(asio::io_context& io) {
  int thrown = 0;
  for (;;) {
    try {
      io.restart();
      io.poll();
      return thrown;
    } catch (const std::runtime_error&) {
      ++thrown;
    }
  }
}

} // namespace

TEST_CASE("a handler's exception propagates out of run(), and the rest follows in the next run()") {
  const std::size_t at = GENERATE(range(1u, 10u));
  asio::io_context io;
  std::vector<std::string> seen;
  scripted_receiver receiver(io,
                             [&](const packet& p) {
                               seen.push_back(text_of(p));
                               if (seen.size() == at) {
                                 throw std::runtime_error("handler");
                               }
                             },
                             {.shape = each_shape()});
  receiver.traffic().datagrams(20);
  receiver.start();
  CHECK_THROWS_AS(io.poll(), std::runtime_error);
  CHECK(seen == numbers(at));
  io.poll();
  CHECK(seen == numbers(20));
}

TEST_CASE("a handler that always throws receives every datagram once") {
  asio::io_context io;
  std::vector<std::string> seen;
  scripted_receiver receiver(io,
                             [&](const packet& p) {
                               seen.push_back(text_of(p));
                               throw std::runtime_error("handler");
                             },
                             {.shape = each_shape()});
  receiver.traffic().datagrams(20).datagram("abc", segment(1)).datagram("").datagrams(1);
  receiver.start();
  CHECK(run_through(io) == 25);
  auto expected = numbers(20);
  expected.insert(expected.end(), {"a", "b", "c", "", "20"});
  CHECK(seen == expected);
}

TEST_CASE("after an exception in a coalesced buffer the rest follows") {
  const std::size_t at = GENERATE(range(1u, 8u));
  asio::io_context io;
  std::vector<std::string> seen;
  scripted_receiver receiver(io,
                             [&](const packet& p) {
                               seen.push_back(text_of(p));
                               if (seen.size() == at) {
                                 throw std::runtime_error("handler");
                               }
                             },
                             {.shape = each_shape()});
  receiver.traffic().datagram("aabbc", segment(2)).datagram("x").datagram("dde", segment(2));
  receiver.start();
  run_through(io);
  CHECK(seen == std::vector<std::string>{"aa", "bb", "c", "x", "dd", "e"});
}

TEST_CASE("a batch that was passed to a throwing handler is not delivered again") {
  asio::io_context io;
  std::size_t seen = 0;
  scripted_receiver receiver(io,
                             [&](std::span<const packet> batch) {
                               seen += batch.size();
                               throw std::runtime_error("handler");
                             },
                             {.shape = each_shape()});
  receiver.traffic()
      .datagrams(20)
      .datagram(std::string(250, 'x'), segment(1))
      .datagram(std::string(250, 'y'), segment(1));
  receiver.start();
  run_through(io);
  CHECK(seen == 520);
}

TEST_CASE("stop after an exception discards the rest at once") {
  const bool coalesced = GENERATE(false, true);
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) { throw std::runtime_error("handler"); },
                             {.shape = each_shape()});
  if (coalesced) {
    receiver.traffic().datagram("abcdef", segment(1)).datagrams(2);
  } else {
    receiver.traffic().datagrams(8);
  }
  receiver.start();
  CHECK_THROWS_AS(io.poll(), std::runtime_error);
  receiver.stop();
  CHECK(receiver.counters().discarded_on_stop == 7);
  receiver.check_account();
  io.restart();
  io.run();
  CHECK(receiver.delivered() == 1);
}

TEST_CASE("start after an exception and a stop continues with pending datagrams") {
  const bool run_between = GENERATE(false, true);
  asio::io_context io;
  std::vector<std::string> seen;
  scripted_receiver receiver(io,
                             [&](const packet& p) {
                               seen.push_back(text_of(p));
                               if (seen.size() == 1) {
                                 throw std::runtime_error("handler");
                               }
                             },
                             {.batch = 4, .shape = each_shape()});
  receiver.traffic().datagrams(8);
  receiver.start();
  CHECK_THROWS_AS(io.poll(), std::runtime_error);
  receiver.stop();
  if (run_between) {
    io.restart();
    io.run();
  }
  receiver.start();
  io.restart();
  io.poll();
  CHECK(seen == std::vector<std::string>{"0", "4", "5", "6", "7"});
  CHECK(receiver.counters().discarded_on_stop == 3);
}

TEST_CASE("a receiver can be destroyed after an exception, before the next run()") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) { throw std::runtime_error("handler"); },
                             {.shape = each_shape()});
  const std::weak_ptr<void> loop = receiver.shared_loop();
  receiver.traffic().datagrams(8);
  receiver.start();
  CHECK_THROWS_AS(io.poll(), std::runtime_error);
  receiver.destroy();
  io.restart();
  io.run();
  CHECK(loop.expired());
  CHECK(receiver.delivered() == 1);
}

TEST_CASE("a handler can destroy its receiver and throw") {
  asio::io_context io;
  std::unique_ptr<scripted_packets> receiver;
  receiver = std::make_unique<scripted_packets>(
      io,
      [&](const packet&) {
        receiver->destroy();
        throw std::runtime_error("handler");
      },
      scripted_settings{.shape = each_shape()});
  const std::weak_ptr<void> loop = receiver->shared_loop();
  receiver->traffic().datagrams(8);
  receiver->start();
  CHECK_THROWS_AS(io.poll(), std::runtime_error);
  run_through(io);
  CHECK(loop.expired());
  CHECK(receiver->delivered() == 1);
}

TEST_CASE("a handler can stop its receiver and throw") {
  asio::io_context io;
  scripted_packets* self = nullptr;
  scripted_packets receiver(io,
                            [&](const packet&) {
                              self->stop();
                              throw std::runtime_error("handler");
                            },
                            {.shape = each_shape()});
  self = &receiver;
  receiver.traffic().datagrams(8);
  receiver.start();
  CHECK_THROWS_AS(io.poll(), std::runtime_error);
  io.run();
  CHECK(receiver.counters().discarded_on_stop == 7);
}

TEST_CASE("packets retained before an exception stay valid") {
  asio::io_context io;
  std::vector<ancillary::retained_packet> kept;
  scripted_receiver receiver(io,
                             [&](const packet& p) {
                               kept.push_back(p.retain());
                               if (kept.size() % 2 == 0) {
                                 throw std::runtime_error("handler");
                               }
                             },
                             {.retainable = 32, .shape = each_shape()});
  receiver.traffic().datagrams(20);
  receiver.start();
  run_through(io);
  std::vector<std::string> texts;
  for (const auto& each : kept) {
    texts.push_back(text_of(each));
  }
  CHECK(texts == numbers(20));
  kept.clear();
}

TEST_CASE("datagrams accepted before a filter throws are delivered, and the counters balance") {
  asio::io_context io;
  std::vector<std::string> seen;
  const auto filter = [](const packet& p) {
    if (text_of(p) == "3") {
      throw std::runtime_error("filter");
    }
    return text_of(p) != "1";
  };
  const bool batches = GENERATE(true, false);
  CAPTURE(batches);
  const auto check = [&](auto handler) {
    auto traffic = std::make_shared<script>(driver_shape::readiness);
    auto pool = ancillary::slot_pool::make({.batch = 8});
    using delivery =
        ancillary::detail::delivery<ancillary::detail::receive_loop, decltype(handler)>;
    const auto loop = std::make_shared<delivery>(
        handler, asio::ip::udp::socket(io), std::make_unique<scripted_driver>(traffic), pool,
        ancillary::field_set{}, ancillary::receive_options{});
    traffic->datagrams(6);
    loop->start();
    CHECK(run_through(io) == 1);
    CHECK(seen == std::vector<std::string>{"0", "2", "4", "5"});
    CHECK(loop->counters().datagrams == 6);
    CHECK(loop->counters().filtered == 2);
    loop->close();
    run_through(io);
    CHECK(free_slots(*pool) == pool->slot_count());
  };
  if (batches) {
    check(ancillary::with_filter(filter, [&](std::span<const packet> batch) {
      for (const packet& p : batch) {
        seen.push_back(text_of(p));
      }
    }));
  } else {
    check(ancillary::with_filter(filter, [&](const packet& p) { seen.push_back(text_of(p)); }));
  }
}
