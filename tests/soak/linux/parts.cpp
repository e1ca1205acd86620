#include "parts.hpp"

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <malloc.h>
#include <unistd.h>
#include <utility>

namespace soak {

namespace {

std::byte octet(std::uint32_t number, std::size_t at) {
  return static_cast<std::byte>(number * 31 + at * 7);
}

std::uint32_t u32(std::span<const std::byte> payload, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, payload.data() + at, sizeof value);
  return value;
}

} // namespace

void fill(std::span<std::byte> payload, std::uint32_t number) {
  for (std::size_t i = 0; i < payload.size(); ++i) {
    payload[i] = octet(number, i);
  }
  if (payload.size() >= header_bytes) {
    const auto length = static_cast<std::uint32_t>(payload.size());
    std::memcpy(payload.data(), &number, sizeof number);
    std::memcpy(payload.data() + sizeof number, &length, sizeof length);
  }
}

std::uint32_t number_of(std::span<const std::byte> payload) { return u32(payload, 0); }

verdict check(std::span<const std::byte> payload) {
  if (payload.size() < header_bytes) {
    return verdict::whole;
  }
  const std::uint32_t number = u32(payload, 0);
  const std::uint32_t length = u32(payload, 4);
  for (std::size_t i = header_bytes; i < payload.size(); ++i) {
    if (payload[i] != octet(number, i)) {
      return verdict::spoilt;
    }
  }
  return length == payload.size()  ? verdict::whole
         : length > payload.size() ? verdict::cut
                                   : verdict::spoilt;
}

retainer::retainer() : thread_([this] { run(); }) {}

retainer::~retainer() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void retainer::hold(ancillary::retained_packet packet) {
  {
    const std::lock_guard lock(mutex_);
    packets_.push_back(std::move(packet));
  }
  ++count_;
  wake_.notify_one();
}

void retainer::let_go_of_all() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (packets_.empty() && !busy_) {
        return;
      }
    }
    wake_.notify_one();
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

void retainer::run() {
  std::vector<ancillary::retained_packet> mine;
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return ends_ || !packets_.empty(); });
    if (packets_.empty()) {
      return;
    }
    mine.swap(packets_);
    busy_ = true;
    lock.unlock();
    std::this_thread::sleep_for(std::chrono::microseconds(mine.size() % 5 * 300));
    for (const ancillary::retained_packet& each : mine) {
      // A slot that was returned too early has been overwritten by now.
      spoilt_ += check(each.payload()) == verdict::spoilt ? 1u : 0u;
    }
    mine.clear();
    busy_ = false;
    lock.lock();
  }
}

resources measure() {
  resources now;
  const std::filesystem::directory_iterator open("/proc/self/fd");
  now.descriptors = static_cast<std::size_t>(std::distance(begin(open), end(open)));
  const struct mallinfo2 heap = ::mallinfo2();
  now.heap_bytes = heap.uordblks + heap.hblkhd;
  std::size_t pages = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  now.resident_bytes = resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return now;
}

} // namespace soak
