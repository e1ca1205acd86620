// What our own code costs for a datagram: the real loop, pool and decoder over a driver that takes
// no datagrams off anything. Its control buffers hold what the system writes for destination, hop
// limit and traffic class; its receive call only says so.

#include "platform/driver.hpp"
#include "window.hpp"
#include <ancillary/decoders/control_builder.hpp>
#include <ancillary/recvmsg/receiver.hpp>

#include <algorithm>
#include <asio/io_context.hpp>
#include <benchmark/benchmark.h>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace {

using namespace ancillary;

constexpr std::size_t datagram_bytes = 64;
constexpr std::size_t segments_of_a_buffer = 32;
constexpr field_set three_messages{field::destination, field::hop_limit, field::traffic_class};

// Gives full batches for ever; a turn of the loop ends with its budget.
class scripted_driver final : public detail::driver {
public:
  explicit scripted_driver(bool coalesced) noexcept : coalesced_(coalesced) {}

  [[nodiscard]] layout_id layout() const noexcept override { return layouts::native::id; }
  [[nodiscard]] bool arm(const std::shared_ptr<detail::receive_loop>&, detail::window&) override {
    return true;
  }
  void cancel() noexcept override {}
  [[nodiscard]] detail::abandoned_slot abandon() noexcept override { return {}; }

  [[nodiscard]] detail::receive_result receive(detail::window& slots) noexcept override {
    if (control_bytes_ == 0) {
      write_control_buffers(slots);
    }
    const std::size_t payload_bytes = datagram_bytes * (coalesced_ ? segments_of_a_buffer : 1);
    for (std::size_t i = 0; i < slots.size(); ++i) {
      detail::slot& each = slots[i];
      each.payload_bytes = static_cast<std::uint32_t>(payload_bytes);
      each.control_bytes = control_bytes_;
      each.flags = 0;
    }
    return {.count = slots.size(), .exhausted = false, .error = {}};
  }

private:
  void write_control_buffers(detail::window& slots) noexcept {
    fixed_control_builder<layouts::native, 256> builder;
    const ip_address destination = ip_address::v4({127, 0, 0, 1});
    builder.destination(destination, 1, destination);
    builder.hop_limit(64, ip_family::v4);
    builder.traffic_class({}, ip_family::v4);
    if (coalesced_) {
      builder.segment_bytes(datagram_bytes);
    }
    control_bytes_ = static_cast<std::uint32_t>(builder.bytes().size());
    for (std::size_t i = 0; i < slots.size(); ++i) {
      std::copy(builder.bytes().begin(), builder.bytes().end(), slots[i].control);
    }
  }

  const bool coalesced_;
  std::uint32_t control_bytes_ = 0;
};

// What a handler does that wants everything it asked for. The sum keeps the compiler from leaving
// anything out, and nothing more.
struct read {
  std::uint64_t* sum;

  void operator()(const packet& each) const noexcept {
    *sum += each.payload().size() + reinterpret_cast<std::uintptr_t>(each.payload().data());
    if (const auto destination = each.metadata().destination()) {
      *sum += std::bit_cast<std::uint32_t>(destination->to_v4_bytes());
    }
    *sum += each.metadata().hop_limit().value_or(0);
    *sum += each.metadata().traffic_class().value_or(traffic_class{}).value;
  }
};

// Of a coalesced buffer: the datagram itself.
struct visit {
  std::uint64_t* sum;

  void operator()(const packet& each) const noexcept {
    *sum += each.payload().size() + static_cast<std::uint64_t>(each.payload().front());
  }
};

template <class PacketHandler>
struct all_of_batch {
  PacketHandler each_packet;

  void operator()(std::span<const packet> batch) const noexcept {
    for (const packet& each : batch) {
      each_packet(each);
    }
  }
};

template <class Handler>
void run(benchmark::State& state, bool coalesced, Handler handler) {
  asio::io_context io;
  receive_options options;
  slot_pool_options slots;
  slots.batch = static_cast<std::size_t>(state.range(0));
  slots.payload_capacity = datagram_bytes * segments_of_a_buffer;
  slots.control_capacity = 256;
  const field_set granted =
      coalesced ? three_messages | field_set{field::segment_bytes} : three_messages;
  auto loop = std::make_shared<detail::delivery<detail::receive_loop, Handler>>(
      handler, asio::ip::udp::socket(io), std::make_unique<scripted_driver>(coalesced),
      slot_pool::make(slots), granted, options);
  loop->start();
  for (auto _ : state) {
    loop->on_wake();
    benchmark::ClobberMemory();
  }
  const auto datagrams = static_cast<double>(loop->counters().datagrams);
  // Seconds per datagram; the console shows it with its unit: "4.2ns".
  state.counters["datagram"] =
      benchmark::Counter(datagrams, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  loop->stop();
  loop->on_wake(); // the wake-up that stop() hastens
}

std::uint64_t sum;

void packets_read(benchmark::State& state) { run(state, false, read{&sum}); }
void packets_visited(benchmark::State& state) { run(state, false, visit{&sum}); }
void batches_read(benchmark::State& state) { run(state, false, all_of_batch{read{&sum}}); }
void coalesced_visited(benchmark::State& state) { run(state, true, visit{&sum}); }
void coalesced_read(benchmark::State& state) { run(state, true, read{&sum}); }
void coalesced_batches_visited(benchmark::State& state) {
  run(state, true, all_of_batch{visit{&sum}});
}

BENCHMARK(packets_read)->RangeMultiplier(2)->Range(1, 128);
BENCHMARK(packets_visited)->Arg(64);
BENCHMARK(batches_read)->RangeMultiplier(2)->Range(1, 128);
BENCHMARK(coalesced_visited)->RangeMultiplier(2)->Range(1, 128);
BENCHMARK(coalesced_read)->Arg(64);
BENCHMARK(coalesced_batches_visited)->Arg(64);

} // namespace

BENCHMARK_MAIN();
