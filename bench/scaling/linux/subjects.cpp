// Many sockets on one loop, and one port on several threads.

#include "../../support/linux/bare.hpp"
#include "../../support/report.hpp"
#include <ancillary/recvmsg.hpp>

#include <algorithm>
#include <array>
#include <asio/io_context.hpp>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstdio>
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace ancillary::bench {

namespace {

constexpr field_set three_messages{field::destination, field::hop_limit, field::traffic_class};
constexpr std::size_t events_of_a_wait = 128; // as many as Asio's reactor takes

void allow_many_sockets() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// One batch of headers for all sockets, and epoll told once of each socket.
class bare_epoll_many final : public subject {
public:
  explicit bare_epoll_many(std::size_t count) : epoll_(epoll_create1(0)) {
    allow_many_sockets();
    for (std::size_t i = 0; i < count; ++i) {
      sockets_.push_back(open_bare_socket({std::begin(three_options), std::end(three_options)}));
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.fd = sockets_.back();
      epoll_ctl(epoll_, EPOLL_CTL_ADD, sockets_.back(), &event);
    }
  }
  ~bare_epoll_many() override {
    for (const int each : sockets_) {
      close(each);
    }
    close(epoll_);
  }
  bare_epoll_many(const bare_epoll_many&) = delete;
  bare_epoll_many& operator=(const bare_epoll_many&) = delete;

  std::vector<std::uint16_t> ports() const override {
    std::vector<std::uint16_t> all;
    for (const int each : sockets_) {
      all.push_back(port_of(each));
    }
    return all;
  }

  void receive(std::uint64_t datagrams) override {
    tally_.expect(datagrams);
    std::array<epoll_event, events_of_a_wait> events;
    for (bool complete = false; !complete;) {
      const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < ready; ++i) {
        complete |= drain(events[static_cast<std::size_t>(i)].data.fd);
      }
    }
  }

private:
  bool drain(int socket) {
    bool complete = false;
    int count = 0;
    do {
      count = recvmmsg(socket, batch_.headers(), batch_.size(), MSG_DONTWAIT, nullptr);
      if (count > 0) {
        complete |= take<true>(batch_.headers(), static_cast<std::size_t>(count), tally_);
      }
    } while (count == static_cast<int>(batch_.size()));
    return complete;
  }

  const int epoll_;
  std::vector<int> sockets_;
  bare_batch batch_{64, payload_capacity};
};

struct read_datagram {
  tally* into;
  asio::io_context* io;

  void operator()(const packet& each) const {
    const metadata_view& metadata = each.metadata();
    const auto destination = metadata.destination();
    into->metadata(destination && destination->is_v4()
                       ? std::bit_cast<std::uint32_t>(destination->to_v4_bytes())
                       : 0,
                   metadata.hop_limit().value_or(0),
                   metadata.traffic_class().value_or(traffic_class{}).value);
    if (into->visit(each.payload().data(), each.payload().size())) [[unlikely]] {
      io->stop();
    }
  }
};

enum class pools { shared, own };

class ours_many final : public subject {
public:
  ours_many(std::size_t count, pools slots) {
    allow_many_sockets();
    receive_options options{.metadata = require(three_messages),
                            .receive_buffer_bytes = receive_buffer_bytes};
    if (slots == pools::shared) {
      options.pool = slot_pool::make({});
    }
    for (std::size_t i = 0; i < count; ++i) {
      auto& added = receivers_.emplace_back(std::make_unique<receiver<read_datagram>>(
          io_, asio::ip::udp::endpoint(asio::ip::address_v4::loopback(), 0),
          read_datagram{&tally_, &io_}, options));
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

  void receive(std::uint64_t datagrams) override {
    tally_.expect(datagrams);
    io_.restart();
    io_.run();
  }

private:
  asio::io_context io_{1};
  std::vector<std::unique_ptr<receiver<read_datagram>>> receivers_;
};

// Threads of their own; who waits for datagrams looks now and then.
class ours_in_lanes final : public subject {
public:
  explicit ours_in_lanes(std::size_t count)
      : lanes_({asio::ip::address_v4::loopback(), 0}, [](const packet&) {},
               {.count = count,
                .receive = {.metadata = require(three_messages),
                            .receive_buffer_bytes = receive_buffer_bytes}}) {
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

// Heap bytes that each of so many receivers takes: its loop, its handler, what Asio keeps for its
// socket, and its slots if no pool is given.
double bytes_for_a_receiver(std::size_t count, const receive_options& options) {
  asio::io_context io{1};
  tally sum;
  std::vector<std::unique_ptr<receiver<read_datagram>>> receivers(count);
  const double before = heap_bytes();
  for (auto& each : receivers) {
    each = std::make_unique<receiver<read_datagram>>(
        io, asio::ip::udp::endpoint(asio::ip::address_v4::loopback(), 0), read_datagram{&sum, &io},
        options);
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

// Heap bytes of a receiver's own pool beyond its payloads, for each slot of the batch: control
// buffers, source addresses, what the system call is handed.
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
    all.push_back({"epoll-" + number, number + " sockets, epoll and recvmmsg", false,
                   [count] { return std::make_unique<bare_epoll_many>(count); }});
    all.push_back({"ours-" + number, number + " receivers with one pool", false,
                   [count] { return std::make_unique<ours_many>(count, pools::shared); }});
    all.push_back({"ours-own-" + number, number + " receivers, a pool for each", false,
                   [count] { return std::make_unique<ours_many>(count, pools::own); }});
  }
  for (const std::size_t count : {std::size_t{1}, std::size_t{2}}) {
    all.push_back({"lanes-" + std::to_string(count), "one port, so many threads", false,
                   [count] { return std::make_unique<ours_in_lanes>(count); }});
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
