#include "receive/loop_statistics.hpp"
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include "support/scripted_control.hpp"
#include <ancillary/decoders/metadata_decoder.hpp>
#include <ancillary/decoders/native_layout.hpp>
#include <ancillary/recvmsg/receiver.hpp>
#include <ancillary/recvmsg/statistics.hpp>

#include <asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <limits>

namespace {

using ancillary::histogram;

const auto ignore = [](const ancillary::packet&) {};

} // namespace

TEST_CASE("a histogram's buckets are powers of two") {
  CHECK(histogram::bucket_of(0) == 0);
  CHECK(histogram::bucket_of(1) == 1);
  CHECK(histogram::bucket_of(2) == 2);
  CHECK(histogram::bucket_of(3) == 2);
  CHECK(histogram::bucket_of(1023) == 10);
  CHECK(histogram::bucket_of(1024) == 11);
  for (std::size_t i = 1; i + 1 < histogram::bucket_count; ++i) {
    CHECK(histogram::bucket_of(histogram::largest(i)) == i);
    CHECK(histogram::bucket_of(histogram::largest(i) + 1) == i + 1);
  }
  CHECK(histogram::bucket_of(std::numeric_limits<std::uint64_t>::max()) ==
        histogram::bucket_count - 1);
}

TEST_CASE("a histogram's quantiles") {
  histogram values;
  CHECK(values.quantile(0.5) == 0);
  values.counts[3] = 90; // 4 to 7
  values.counts[10] = 9; // 512 to 1023
  values.counts[20] = 1;
  CHECK(values.count() == 100);
  CHECK(values.quantile(0) == 7);
  CHECK(values.quantile(0.5) == 7);
  CHECK(values.quantile(0.9) == 7);
  CHECK(values.quantile(0.91) == 1023);
  CHECK(values.quantile(0.99) == 1023);
  CHECK(values.quantile(1) == 1'048'575);
}

TEST_CASE("loop statistics: a delay for each batch whose stamp is a time in the past") {
  using layout = ancillary::layouts::linux_64;
  ancillary::detail::loop_statistics measured;
  const auto note = [&](std::size_t buffers, std::chrono::nanoseconds stamp) {
    const auto bytes = ancillary_test::control<layout>([&](auto& builder) {
      REQUIRE(builder.timestamp({ancillary::timestamp_clock::realtime, stamp.count()}));
    });
    measured.note_batch(buffers, ancillary::metadata_decoder<layout>().decode(bytes));
  };
  const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  note(3, now - std::chrono::hours(1));
  note(1, now + std::chrono::hours(1)); // a clock that was set back
  measured.note_batch(64, ancillary::metadata_view());
  const auto result = measured.now();
  CHECK(result.batch_sizes.count() == 3);
  CHECK(result.batch_sizes.sum == 68);
  CHECK(result.batch_sizes.counts[2] == 1);
  CHECK(result.batch_sizes.counts[1] == 1);
  CHECK(result.batch_sizes.counts[7] == 1);
  CHECK(result.delays.count() == 1);
  CHECK(result.delays.sum >= 3'600'000'000'000u);
  CHECK(result.delays.sum < 7'200'000'000'000u);
  CHECK(result.turn_times.count() == 0);
}

TEST_CASE("loop statistics: the time of a turn") {
  ancillary::detail::loop_statistics measured;
  const auto outer = std::chrono::steady_clock::now();
  measured.begin_turn();
  const auto inner = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - inner < std::chrono::milliseconds(2)) {
  }
  measured.end_turn();
  const auto most = std::chrono::steady_clock::now() - outer;
  const auto result = measured.now();
  CHECK(result.turn_times.count() == 1);
  CHECK(result.turn_times.sum >= 2'000'000);
  CHECK(result.turn_times.sum <=
        static_cast<std::uint64_t>(std::chrono::nanoseconds(most).count()));
}

TEST_CASE("a receiver measures what it is asked for") {
  asio::io_context io;
  const bool asked = GENERATE(false, true);
  ancillary::receive_options options{.metadata = ancillary::want({ancillary::field::timestamp})};
  options.batch = 4;
  options.statistics = asked;
  ancillary::receiver receiver(io, ancillary_test::loopback_any_port(), ignore, options);
  ancillary_test::loopback_sender out(receiver.local_endpoint());
  for (int i = 0; i < 10; ++i) {
    out.send("x");
  }
  receiver.start();
  REQUIRE(ancillary_test::run_until(io, [&] { return receiver.counters().datagrams == 10; }));
  const auto measured = receiver.statistics();
  REQUIRE(measured.has_value() == asked);
  if (!asked) {
    return;
  }
  CHECK(measured->batch_sizes.count() == receiver.counters().batches);
  CHECK(measured->batch_sizes.sum == 10);
  CHECK(measured->batch_sizes.quantile(1) >= 1);
  CHECK(measured->turn_times.count() >= 1);
  CHECK(measured->turn_times.count() <= receiver.counters().wakeups);
  if (receiver.metadata().granted().contains(ancillary::field::timestamp) &&
      !ancillary::is_windows(ancillary::layouts::native::id)) {
    // A clock that is set back meanwhile leaves some out.
    CHECK(measured->delays.count() <= measured->batch_sizes.count());
    CHECK(measured->delays.count() + 1 >= measured->batch_sizes.count());
  }
}
