// The parts of the soak test: traffic, the epochs of a receiver under it, and the resources of the
// process.
#pragma once

#include <ancillary/recvmsg/packet.hpp>

#include <asio/ip/udp.hpp>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace soak {

// A violated invariant. Ends the run with its text.
class failure : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

inline void expect(bool holds, const std::string& what) {
  if (!holds) {
    throw failure(what);
  }
}

class dice {
public:
  explicit dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(engine_() % limit); }
  bool one_in(std::size_t count) { return below(count) == 0; }

private:
  std::mt19937_64 engine_;
};

// Payloads are self-checking: a number, the length, and octets derived from both. Payloads shorter
// than a header are not checked.
void fill(std::span<std::byte> payload, std::uint32_t number);
enum class verdict { whole, cut, spoilt };
[[nodiscard]] verdict check(std::span<const std::byte> payload);
[[nodiscard]] std::uint32_t number_of(std::span<const std::byte> payload);
inline constexpr std::size_t header_bytes = 8;

// Holds packets for a while and releases them on its own thread.
class retainer {
public:
  retainer();
  ~retainer();
  void hold(ancillary::retained_packet packet);
  void let_go_of_all();
  [[nodiscard]] std::uint64_t held_so_far() const { return count_; }
  [[nodiscard]] std::uint64_t spoilt() const { return spoilt_; }

private:
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<ancillary::retained_packet> packets_;
  bool ends_ = false;
  std::atomic<bool> busy_{false};
  std::atomic<std::uint64_t> count_{0};
  std::atomic<std::uint64_t> spoilt_{0};
  std::thread thread_;
};

// The sums over all epochs.
struct totals {
  std::atomic<std::uint64_t> epochs{0}, inexact_epochs{0}, sent{0}, delivered{0}, filtered{0},
      discarded{0}, kernel_drops{0}, left_in_queue{0}, coalesced_buffers{0}, truncated{0},
      errors{0}, pauses{0}, exceptions{0}, stops{0}, replies{0};
};

// One receiver with random options under random traffic, from set-up to destruction; then compares
// its counters with the datagrams sent and the kernel's drops.
void run_epoch(dice& random, retainer& keeper, totals& sum);

// The resources of the process.
struct resources {
  std::size_t descriptors = 0;
  std::size_t heap_bytes = 0;
  std::size_t resident_bytes = 0;
};
[[nodiscard]] resources measure();

} // namespace soak
