// Groups of lanes that take over from each other, in one process, and what they receive.
#pragma once

#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/lanes.hpp>

#include <algorithm>
#include <array>
#include <asio/local/stream_protocol.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace ancillary_test {

using ancillary::lane_options;
using ancillary::lanes;
using ancillary::packet;

// A path that nothing has.
class hand_over_path {
public:
  hand_over_path() {
    static std::atomic<int> number{0};
    text_ = (std::filesystem::temp_directory_path() /
             ("ancillary-" + std::to_string(::getpid()) + '-' + std::to_string(number++)))
                .string();
  }
  ~hand_over_path() {
    std::error_code ignored;
    std::filesystem::remove(text_, ignored);
  }
  hand_over_path(const hand_over_path&) = delete;
  hand_over_path& operator=(const hand_over_path&) = delete;
  [[nodiscard]] const std::string& text() const { return text_; }

private:
  std::string text_;
};

// What all generations of a server received.
class record {
public:
  void note(std::size_t lane, const packet& each) {
    std::uint32_t words[2]{};
    std::memcpy(words, each.payload().data(), std::min(sizeof words, each.payload().size()));
    const std::lock_guard lock(mutex_);
    ++seen_[words[1]];
    lanes_of_flow_[words[0]].insert(lane);
    ++total_;
  }
  [[nodiscard]] auto handlers() {
    return
        [this](std::size_t lane) { return [this, lane](const packet& each) { note(lane, each); }; };
  }
  [[nodiscard]] std::size_t total() const { return total_; }
  [[nodiscard]] bool each_once() const {
    const std::lock_guard lock(mutex_);
    return std::ranges::all_of(seen_, [](const auto& each) { return each.second == 1; });
  }
  [[nodiscard]] bool flows_kept_their_lanes() const {
    const std::lock_guard lock(mutex_);
    return std::ranges::all_of(lanes_of_flow_,
                               [](const auto& each) { return each.second.size() == 1; });
  }

private:
  mutable std::mutex mutex_;
  std::map<std::uint32_t, int> seen_;
  std::map<std::uint32_t, std::set<std::size_t>> lanes_of_flow_;
  std::atomic<std::size_t> total_{0};
};

// Sends numbered messages of several flows. Never more are on their way than the buffers hold.
class traffic {
public:
  explicit traffic(const asio::ip::udp::endpoint& to) {
    for (int i = 0; i < 8; ++i) {
      senders_.push_back(std::make_unique<loopback_sender>(to));
    }
  }
  void send(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t words[2] = {sent_ % 8, sent_};
      senders_[words[0]]->send({reinterpret_cast<const char*>(words), sizeof words});
      ++sent_;
    }
  }
  [[nodiscard]] std::size_t sent() const { return sent_; }

private:
  std::vector<std::unique_ptr<loopback_sender>> senders_;
  std::uint32_t sent_ = 0;
};

inline lane_options two_lanes() { return {.count = 2}; }

inline lane_options in_place_of(const std::string& path) {
  lane_options options;
  options.take_over = path;
  return options;
}

inline void check_receives(lanes& server) {
  const auto before = server.counters().datagrams;
  loopback_sender(server.local_endpoint()).send("x");
  CHECK(poll_until([&] { return server.counters().datagrams == before + 1; }));
}

} // namespace ancillary_test
