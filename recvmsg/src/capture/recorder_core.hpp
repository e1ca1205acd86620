// The state that a recorder, its taps and its thread share.
#pragma once

#include "capture/file_series.hpp"
#include <ancillary/pcapng/writer.hpp>
#include <ancillary/recvmsg/recorder.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace ancillary::detail {

// Two buffers of whole blocks: the taps fill one, under the lock, while the thread writes the
// other, without it. The lock is held while one datagram becomes a block, with its checksum, or for
// an exchange of the buffers.
class recorder_core {
public:
  recorder_core(std::unique_ptr<capture_output> output, recorder_options options);

  void start();
  void finish();
  void bound_to(const asio::ip::udp::endpoint& local);
  // `dropped`: what the kernel dropped on the socket since its last datagram; nullopt: not
  // reported.
  void record(const packet& each, std::optional<std::uint32_t> dropped) noexcept;
  [[nodiscard]] recorder_counters counters() const;

private:
  void run();
  void wait_for_blocks(std::unique_lock<std::mutex>& lock);
  void write_all(std::unique_lock<std::mutex>& lock);
  void note(std::error_code error, std::unique_lock<std::mutex>& lock);
  [[nodiscard]] std::error_code take(std::span<const std::byte> blocks);
  [[nodiscard]] statistics_snapshot snapshot() const;

  const recorder_options options_;
  const std::size_t hurry_bytes_; // so many end the wait for more

  mutable std::mutex mutex_; // of the members from here on
  std::condition_variable wakeup_;
  std::vector<std::byte> filling_;
  pcapng::writer writer_; // into filling_
  asio::ip::udp::endpoint local_;
  std::optional<std::uint64_t> dropped_by_system_;
  recorder_counters counters_;
  bool failed_ = false;
  bool finishing_ = false;

  std::vector<std::byte> writing_; // of the thread alone, and so are the files
  file_series files_;
  std::thread thread_;
  std::once_flag finished_;
};

} // namespace ancillary::detail
