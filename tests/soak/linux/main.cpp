// soak MINUTES [SEED]: receivers under traffic, opened, stopped, closed and reopened, on two
// threads. Exit status 0: every counter was exact, and neither memory nor descriptors grew.
#include "parts.hpp"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>

using namespace soak;
using seconds = std::chrono::duration<double>;

namespace {

constexpr std::size_t plants = 2;
constexpr int samples = 20;
// The heap's caches and the threads' current data vary by less than this.
constexpr std::size_t heap_play_bytes = 64 * 1024;
constexpr std::size_t resident_play_bytes = 8 * 1024 * 1024;
// Until then, pools of some sizes are new, and so are their pages.
constexpr std::uint64_t epochs_until_resident = 1000;

// A sanitizer's heap keeps freed memory, and detects leaks itself.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memory_says_something = false;
#else
constexpr bool memory_says_something = true;
#endif

struct run_state {
  totals sum;
  std::atomic<bool> failed{false};
  std::string reason;
  std::mutex mutex;

  void fail(const std::string& why) {
    const std::lock_guard lock(mutex);
    reason = reason.empty() ? why : reason;
    failed = true;
  }
};

// Runs epochs until `end`, and again; in between, waits for the sample.
void run_plant(run_state& state, std::barrier<>& rest, std::uint64_t seed, seconds length) {
  dice random(seed);
  retainer keeper;
  for (int sample = 0; sample < samples; ++sample) {
    const auto end = std::chrono::steady_clock::now() + length / samples;
    try {
      do {
        run_epoch(random, keeper, state.sum);
      } while (!state.failed && std::chrono::steady_clock::now() < end);
      expect(keeper.spoilt() == 0, "a retained packet was written over");
    } catch (const std::exception& error) {
      state.fail(error.what());
    }
    rest.arrive_and_wait(); // measured now
    rest.arrive_and_wait();
  }
}

void print(const totals& sum, const resources& now) {
  std::printf(
      "%llu epochs (%llu with a bound only): %llu sent, %llu delivered, %llu filtered, %llu "
      "discarded, %llu dropped "
      "by the kernel, %llu left; %llu coalesced buffers, %llu cut, %llu errors, %llu pauses, "
      "%llu exceptions, %llu stops and starts, %llu replies; %zu descriptors, heap %zu KiB, "
      "resident %zu KiB\n",
      static_cast<unsigned long long>(sum.epochs),
      static_cast<unsigned long long>(sum.inexact_epochs),
      static_cast<unsigned long long>(sum.sent), static_cast<unsigned long long>(sum.delivered),
      static_cast<unsigned long long>(sum.filtered), static_cast<unsigned long long>(sum.discarded),
      static_cast<unsigned long long>(sum.kernel_drops),
      static_cast<unsigned long long>(sum.left_in_queue),
      static_cast<unsigned long long>(sum.coalesced_buffers),
      static_cast<unsigned long long>(sum.truncated), static_cast<unsigned long long>(sum.errors),
      static_cast<unsigned long long>(sum.pauses), static_cast<unsigned long long>(sum.exceptions),
      static_cast<unsigned long long>(sum.stops), static_cast<unsigned long long>(sum.replies),
      now.descriptors, now.heap_bytes / 1024, now.resident_bytes / 1024);
  std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
  const double minutes = argc > 1 ? std::atof(argv[1]) : 0;
  if (!(minutes > 0)) {
    std::fprintf(stderr, "usage: soak MINUTES [SEED]\n");
    return 2;
  }
  const auto seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::random_device{}();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  run_state state;
  std::barrier<> rest(plants + 1);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < plants; ++i) {
    threads.emplace_back(run_plant, std::ref(state), std::ref(rest), seed + i,
                         seconds(minutes * 60));
  }
  std::optional<resources> first; // after a quarter of the time: warmed up
  std::optional<std::size_t> first_resident_bytes;
  const auto may_not_exceed = [&](const char* what, std::size_t now, std::size_t then,
                                  std::size_t play) {
    if (now > then + play) {
      state.fail(std::string(what) + ": " + std::to_string(then) + ", then " + std::to_string(now));
    }
  };
  for (int sample = 0; sample < samples; ++sample) {
    rest.arrive_and_wait();
    const resources now = measure();
    if (sample >= samples / 4) {
      first = first.value_or(now);
      if (now.descriptors != first->descriptors) {
        state.fail("descriptors: " + std::to_string(first->descriptors) + ", then " +
                   std::to_string(now.descriptors));
      }
      if (memory_says_something) {
        may_not_exceed("heap, bytes", now.heap_bytes, first->heap_bytes, heap_play_bytes);
      }
    }
    if (memory_says_something && first && state.sum.epochs >= epochs_until_resident) {
      first_resident_bytes = first_resident_bytes.value_or(now.resident_bytes);
      may_not_exceed("resident, bytes", now.resident_bytes, *first_resident_bytes,
                     resident_play_bytes);
    }
    if (sample % 5 == 4) {
      print(state.sum, now);
    }
    rest.arrive_and_wait();
  }
  for (std::thread& each : threads) {
    each.join();
  }
  if (state.failed) {
    std::printf("FAILED: %s\n", state.reason.c_str());
    return 1;
  }
  if (state.sum.delivered == 0 || state.sum.kernel_drops == 0 || state.sum.errors == 0 ||
      state.sum.coalesced_buffers == 0) {
    std::printf("too short to have seen everything\n");
    return minutes >= 0.5 ? 1 : 0;
  }
  std::printf("exact and flat\n");
  return 0;
}
