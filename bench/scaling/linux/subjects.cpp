// Many sockets on one loop, and one port on several threads.

#include "../../support/linux/bare.hpp"
#include "../../support/on_io_context.hpp"
#include "../../support/report.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <malloc.h>
#include <sys/resource.h>
#include <thread>
#include <type_traits>
#include <unistd.h>

namespace ancillary::bench {

namespace {

void allow_many_sockets() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// One batch of headers for all sockets; each socket is added to epoll once.
class bare_many final : public subject {
public:
  explicit bare_many(std::size_t count) {
    allow_many_sockets();
    for (std::size_t i = 0; i < count; ++i) {
      sockets_.push_back(open_bare_socket(three_options));
      epoll_.add(sockets_.back());
    }
  }
  ~bare_many() override {
    for (const int each : sockets_) {
      close(each);
    }
  }
  bare_many(const bare_many&) = delete;
  bare_many& operator=(const bare_many&) = delete;

  std::vector<std::uint16_t> ports() const override {
    std::vector<std::uint16_t> all;
    for (const int each : sockets_) {
      all.push_back(port_of(each));
    }
    return all;
  }

  void receive(std::uint64_t datagrams) override {
    tally_.expect(datagrams);
    epoll_.receive(batch_, [&](int, unsigned count) { return take<true>(batch_, count, tally_); });
  }

private:
  bare_epoll epoll_;
  std::vector<int> sockets_;
  bare_batch batch_{64, payload_capacity};
};

using read_datagram = each_datagram<read_metadata>;

enum class pools { shared, own };

class ours_many final : public on_io_context {
public:
  ours_many(std::size_t count, pools slots) {
    allow_many_sockets();
    receive_options options = options_for(three_messages);
    if (slots == pools::shared) {
      options.pool = slot_pool::make({});
    }
    for (std::size_t i = 0; i < count; ++i) {
      auto& added = receivers_.emplace_back(std::make_unique<receiver<read_datagram>>(
          io_, on_loopback(), read_datagram{this}, options));
      added->start();
    }
  }

  std::vector<std::uint16_t> ports() const override {
    std::vector<std::uint16_t> all;
    for (const auto& each : receivers_) {
      all.push_back(each->local_endpoint().port());
    }
    return all;
  }

private:
  std::vector<std::unique_ptr<receiver<read_datagram>>> receivers_;
};

// Own threads; the waiting thread polls the counters.
class ours_in_lanes final : public subject {
public:
  explicit ours_in_lanes(std::size_t count)
      : lanes_({asio::ip::address_v4::loopback(), 0}, [](const packet&) {},
               {.count = count, .receive = options_for(three_messages)}) {
    lanes_.start();
  }

  std::vector<std::uint16_t> ports() const override { return {lanes_.local_endpoint().port()}; }

  void receive(std::uint64_t datagrams) override {
    const std::uint64_t end = lanes_.counters().datagrams + datagrams;
    while (lanes_.counters().datagrams < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    tally_.set(lanes_.counters().datagrams);
  }

private:
  lanes lanes_;
};

double heap_bytes() {
  const auto now = mallinfo2();
  return static_cast<double>(now.uordblks + now.hblkhd);
}

// Heap bytes per receiver: its loop, its handler, Asio's data for its socket, and its slots if no
// pool is given.
double bytes_for_a_receiver(std::size_t count, const receive_options& options) {
  asio::io_context io{1};
  const auto ignore = [](const packet&) {};
  using ignoring = receiver<std::remove_const_t<decltype(ignore)>>;
  std::vector<std::unique_ptr<ignoring>> receivers(count);
  const double before = heap_bytes();
  for (auto& each : receivers) {
    each = std::make_unique<ignoring>(io, on_loopback(), ignore, options);
    each->start();
  }
  return (heap_bytes() - before) / static_cast<double>(count);
}

double bytes_for_a_socket(std::size_t count) {
  receive_options options;
  options.metadata = require(three_messages);
  options.pool = slot_pool::make({});
  return bytes_for_a_receiver(count, options);
}

// Heap bytes of a receiver's own pool beyond its payloads, per slot of the batch: control buffers,
// source addresses, arguments of the system call.
double bytes_beside_payload(field_set fields, std::size_t batch, std::size_t payload_capacity) {
  receive_options options;
  options.metadata = require(fields);
  const double pool = bytes_for_a_receiver(1, options) - bytes_for_a_socket(1);
  return pool / static_cast<double>(batch) - static_cast<double>(payload_capacity);
}

constexpr std::size_t socket_counts[] = {1, 10, 100, 1000};

} // namespace

std::string program_name() { return "scaling"; }

std::vector<subject_kind> subjects() {
  std::vector<subject_kind> all;
  for (const std::size_t count : socket_counts) {
    const std::string number = std::to_string(count);
    const bool counted = count <= 100; // enough to see what a socket costs
    all.push_back({"epoll-" + number, number + " sockets, epoll and recvmmsg", false,
                   [count] { return std::make_unique<bare_many>(count); }, counted});
    all.push_back({"ours-" + number, number + " receivers with one pool", false,
                   [count] { return std::make_unique<ours_many>(count, pools::shared); }, counted});
    all.push_back({"ours-own-" + number, number + " receivers, a pool for each", false,
                   [count] { return std::make_unique<ours_many>(count, pools::own); }, counted});
  }
  for (const std::size_t count : {std::size_t{1}, std::size_t{2}}) {
    all.push_back({"lanes-" + std::to_string(count), "one port, several threads", false,
                   [count] { return std::make_unique<ours_in_lanes>(count); }, false});
  }
  return all;
}

std::vector<comparison_set> usual_comparisons() {
  constexpr bool quick = true;
  const std::string most = std::to_string(*std::ranges::max_element(socket_counts));
  comparison_set paced{"pace", {{"epoll-" + most, "epoll-" + most, quick}}, {64}}; // a control
  for (const std::size_t count : socket_counts) {
    const std::string number = std::to_string(count);
    paced.comparisons.push_back({"ours-" + number, "epoll-" + number, number == most});
  }
  paced.comparisons.push_back({"ours-own-" + most, "ours-" + most});
  paced.comparisons.push_back({"ours-" + most, "ours-1"});
  paced.comparisons.push_back({"epoll-" + most, "epoll-1"});
  return {paced, {"flood", {{"lanes-2", "lanes-1"}}, {64}}};
}

void add_other_figures(report& figures) {
  const auto add = [&](const std::string& name, double bytes) {
    figures.add({"scaling/memory/" + name, "memory", {bytes, bytes, bytes}, "bytes", {}, ""});
    std::printf("memory, %s: %.0f bytes\n", name.c_str(), bytes);
  };
  add("slot-beside-payload", bytes_beside_payload(three_messages, 64, 2048));
  add("coalesced-slot-beside-payload",
      bytes_beside_payload(three_messages | field_set{field::segment_bytes}, 8, 65535));
  for (const std::size_t count : socket_counts) {
    add("socket-" + std::to_string(count), bytes_for_a_socket(count));
  }
}

measure usual_measure() noexcept { return measure::processor_time; }

} // namespace ancillary::bench
