// The library's own cost per datagram: the real loop, pool and decoder with a driver that receives
// nothing ("scripted"), and with the system's own driver and a system call that receives nothing
// ("idle"). The control buffers hold destination, hop limit and traffic class as the system writes
// them.

#include "clock.hpp"
#include "idle_driver.hpp"
#include "platform/driver.hpp"
#include "slots/window.hpp"
#include "support/counted.hpp"
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
#include <string>
#include <string_view>

namespace {

using namespace ancillary;

constexpr std::size_t datagram_bytes = 64;
constexpr std::size_t segments_of_a_buffer = 32;
constexpr field_set three_messages{field::destination, field::hop_limit, field::traffic_class};

// Returns full batches for ever; the budget ends a turn.
class scripted_driver final : public detail::driver {
public:
  scripted_driver(std::size_t payload_bytes, std::span<const std::byte> control,
                  const asio::ip::udp::endpoint& remote)
      : payload_bytes_(payload_bytes), control_(control), remote_(remote) {}

  [[nodiscard]] layout_id layout() const noexcept override { return layouts::native::id; }
  [[nodiscard]] bool arm(const std::shared_ptr<detail::wakeable>&, detail::window&) override {
    return true;
  }
  void cancel() noexcept override {}
  [[nodiscard]] detail::abandoned_slot abandon() noexcept override { return {}; }

  [[nodiscard]] detail::receive_result receive(detail::window& slots) noexcept override {
    if (!is_written_) {
      for (std::size_t i = 0; i < slots.size(); ++i) {
        std::copy(control_.begin(), control_.end(), slots[i].control);
        slots[i].remote = remote_;
      }
      is_written_ = true;
    }
    for (std::size_t i = 0; i < slots.size(); ++i) {
      detail::slot& each = slots[i];
      each.payload_bytes = static_cast<std::uint32_t>(payload_bytes_);
      each.control_bytes = static_cast<std::uint32_t>(control_.size());
      each.flags = 0;
    }
    return {.count = slots.size(), .exhausted = false, .error = {}};
  }

private:
  const std::size_t payload_bytes_;
  const std::span<const std::byte> control_;
  const asio::ip::udp::endpoint remote_;
  bool is_written_ = false; // slots keep their bytes: once suffices
};

enum class via { scripted, idle };
enum class content { single, coalesced };

// Like a handler that reads all requested fields. The values stay in registers: a sum in memory
// would dominate the measurement.
struct read {
  void operator()(const packet& each) const noexcept {
    benchmark::DoNotOptimize(each.payload().data());
    benchmark::DoNotOptimize(each.payload().size());
    const auto destination = each.metadata().destination();
    std::uint32_t values = destination && destination->is_v4()
                               ? std::bit_cast<std::uint32_t>(destination->to_v4_bytes())
                               : 0;
    values += each.metadata().hop_limit().value_or(0);
    values += each.metadata().traffic_class().value_or(traffic_class{}).value;
    benchmark::DoNotOptimize(values);
  }
};

// For coalesced buffers: the datagram itself.
struct visit {
  void operator()(const packet& each) const noexcept {
    benchmark::DoNotOptimize(each.payload().size() +
                             static_cast<std::size_t>(each.payload().front()));
  }
};

// The slot is taken along and returned at once.
struct retain {
  void operator()(const packet& each) const {
    const retained_packet kept = each.retain();
    benchmark::DoNotOptimize(kept.payload().data());
  }
};

struct reply {
  void operator()(const packet& each) const { each.reply(each.payload()); }
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

void write_messages(control_builder<layouts::native>& builder, content what) noexcept {
  const ip_address destination = ip_address::v4({127, 0, 0, 1});
  builder.destination(destination, 1, destination);
  builder.hop_limit(64, ip_family::v4);
  builder.traffic_class({}, ip_family::v4);
  if (what == content::coalesced) {
    builder.segment_bytes(datagram_bytes);
  }
}

// A loop over one of the drivers.
template <class Handler>
class dispatching {
public:
  dispatching(via how, content what, std::size_t batch) {
    const bool coalesced = what == content::coalesced;
    const std::size_t payload_bytes = datagram_bytes * (coalesced ? segments_of_a_buffer : 1);
    write_messages(control_, what);
    auto source = how == via::idle
                      ? ancillary_bench::make_idle_driver(peer_, payload_bytes, control_.bytes())
                      : std::make_unique<scripted_driver>(payload_bytes, control_.bytes(),
                                                          peer_.local_endpoint());
    slot_pool_options slots;
    slots.batch = batch;
    slots.payload_capacity = datagram_bytes * segments_of_a_buffer;
    slots.control_capacity = 256;
    receive_options options;
    options.turn_time = {}; // instruction counts do not depend on a clock then
    loop_ = std::make_shared<detail::delivery<detail::receive_loop, Handler>>(
        Handler{}, asio::ip::udp::socket(io_, asio::ip::udp::v4()), std::move(source),
        slot_pool::make(slots),
        coalesced ? three_messages | field_set{field::segment_bytes} : three_messages, options);
    loop_->start();
  }
  ~dispatching() {
    loop_->stop();
    loop_->on_wake(); // the wake-up that stop() triggers
  }
  dispatching(const dispatching&) = delete;
  dispatching& operator=(const dispatching&) = delete;

  void turn() { loop_->on_wake(); }

  [[nodiscard]] std::uint64_t datagrams() const noexcept { return loop_->counters().datagrams; }

private:
  asio::io_context io_;
  asio::ip::udp::socket peer_{io_, {asio::ip::address_v4::loopback(), 0}};
  fixed_control_builder<layouts::native, 256> control_;
  std::shared_ptr<detail::delivery<detail::receive_loop, Handler>> loop_;
};

template <class Handler>
void run(benchmark::State& state, via how, content what) {
  dispatching<Handler> loop(how, what, static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    loop.turn();
    benchmark::ClobberMemory();
  }
  const auto datagrams = static_cast<double>(loop.datagrams());
  // Seconds per datagram; the console shows them with their unit: "4.2ns".
  state.counters["datagram"] =
      benchmark::Counter(datagrams, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

template <class Handler>
benchmark::internal::Benchmark* add(const char* name, via how, content what) {
  auto* const added = benchmark::RegisterBenchmark(name, run<Handler>, how, what);
  ancillary_bench::choose_clock(added);
  return added;
}

constexpr int usual_batch = 64;

void add_all() {
  constexpr content single = content::single;
  constexpr content coalesced = content::coalesced;
  for (int batch = 1; batch <= 128; batch *= 2) {
    add<read>("packets_read", via::scripted, single)->Arg(batch);
    add<read>("packets_read_idle", via::idle, single)->Arg(batch);
    add<visit>("coalesced_visited", via::scripted, coalesced)->Arg(batch);
  }
  add<visit>("packets_visited", via::scripted, single)->Arg(usual_batch);
  add<all_of_batch<read>>("batches_read", via::scripted, single)->Arg(usual_batch);
  add<all_of_batch<read>>("batches_read_idle", via::idle, single)->Arg(usual_batch);
  add<visit>("coalesced_visited_idle", via::idle, coalesced)->Arg(usual_batch);
  add<all_of_batch<visit>>("coalesced_batches_visited", via::scripted, coalesced)->Arg(usual_batch);
  add<read>("coalesced_read", via::scripted, coalesced)->Arg(usual_batch);
}

template <class Handler>
void count(const std::string& name, via how, content what) {
  dispatching<Handler> loop(how, what, usual_batch);
  loop.turn();
  const std::uint64_t before = loop.datagrams();
  loop.turn();
  ancillary::bench::announce_count(name, loop.datagrams() - before);
  for (unsigned i = 0; i < ancillary::bench::counted_rounds; ++i) {
    ancillary::bench::count_round([&] { loop.turn(); });
  }
}

void count_all() {
  count<read>("packets_read", via::scripted, content::single);
  count<read>("packets_read_idle", via::idle, content::single);
  count<all_of_batch<read>>("batches_read", via::scripted, content::single);
  count<visit>("coalesced_visited", via::scripted, content::coalesced);
  count<visit>("coalesced_visited_idle", via::idle, content::coalesced);
  count<all_of_batch<visit>>("coalesced_batches_visited", via::scripted, content::coalesced);
  count<retain>("packets_retained", via::scripted, content::single);
  count<reply>("packets_answered", via::scripted, content::single);
}

} // namespace

int main(int count, char** arguments) {
  if (count == 2 && arguments[1] == std::string_view("--count")) {
    count_all();
    return 0;
  }
  add_all();
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) {
    return 1;
  }
  benchmark::RunSpecifiedBenchmarks();
}
