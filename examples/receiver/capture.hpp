// Writes the datagrams that the tool receives to a capture file.
#pragma once

#include "capture_file.hpp"
#include "capture_options.hpp"
#include <ancillary/recvmsg/recorder.hpp>

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>

namespace tool {

class capture {
public:
  // Opens the file. Records no more than `count` datagrams of the socket bound to `local`.
  // `on_failure` is called on another thread when writing fails later. With --pause-on-full, half
  // of the buffer has room for `most_at_once_bytes`: what the receiver's slots can hold. Throws
  // set_up_error.
  capture(const capture_options& options, const asio::ip::udp::endpoint& local,
          std::optional<std::uint64_t> count, std::size_t most_at_once_bytes,
          std::function<void()> on_failure);

  // As finish().
  ~capture() { finish(); }
  capture(const capture&) = delete;
  capture& operator=(const capture&) = delete;

  // On the loop's thread.
  void record(const ancillary::packet& each) noexcept {
    if (left_ != 0) {
      --left_;
      tap_(each);
    }
  }

  // Half of the buffer waits to be written. Safe from any thread.
  [[nodiscard]] bool is_filling() const;
  // Less than an eighth of the buffer waits. Safe from any thread.
  [[nodiscard]] bool has_caught_up() const;

  // Writes the rest and closes the file. Gives up on a reader of standard output that has stopped
  // reading.
  void finish();

  // Why writing failed, in one line, after finish().
  [[nodiscard]] std::optional<std::string> failure() const;
  // The counters, one per line.
  [[nodiscard]] std::string summary() const;

private:
  [[nodiscard]] ancillary::recorder_options recorder_options();

  const capture_options options_;
  const std::size_t buffer_bytes_; // two of them
  std::function<void()> on_failure_;
  std::uint64_t left_;
  capture_file* file_ = nullptr; // of the recorder
  mutable std::mutex mutex_;
  std::optional<std::error_code> error_;
  ancillary::recorder recorder_; // its thread uses the members above
  ancillary::recorder_tap tap_;
};

} // namespace tool
