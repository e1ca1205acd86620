// The files of one capture: writes blocks, and begins another file at a limit.
#pragma once

#include <ancillary/pcapng/writer.hpp>
#include <ancillary/recvmsg/recorder.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

namespace ancillary::detail {

// What the taps have counted so far.
struct statistics_snapshot {
  std::vector<pcapng::interface_account> interfaces;
  std::optional<std::uint64_t> dropped_by_system;
};

// For use by one thread.
class file_series {
public:
  using clock = std::chrono::steady_clock;

  // `ask` is called at the end of each file.
  file_series(std::unique_ptr<capture_output> output, std::uint64_t file_bytes,
              std::chrono::nanoseconds file_time, std::function<statistics_snapshot()> ask);

  // Writes whole blocks. The first begin with a section header and are then part of each file.
  [[nodiscard]] std::error_code write(std::span<const std::byte> blocks);
  // Ends the file whose time is over.
  [[nodiscard]] std::error_code keep_time();
  // Writes the statistics of the last file.
  [[nodiscard]] std::error_code finish() { return write_statistics(); }

  // When keep_time() is due; nullopt: not before another datagram.
  [[nodiscard]] std::optional<clock::time_point> due() const;

  [[nodiscard]] std::uint64_t datagrams() const noexcept { return datagrams_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::uint64_t files() const noexcept { return files_; }

private:
  [[nodiscard]] bool is_full_for(std::size_t more_bytes) const noexcept;
  [[nodiscard]] std::size_t statistics_bytes() const noexcept;
  [[nodiscard]] std::error_code begin_next();
  [[nodiscard]] std::error_code put(std::span<const std::byte> blocks);
  void count(std::span<const std::byte> blocks);
  [[nodiscard]] std::error_code write_statistics();

  std::unique_ptr<capture_output> output_;
  const std::uint64_t file_limit_bytes_;
  const std::chrono::nanoseconds file_time_;
  std::function<statistics_snapshot()> ask_;
  const std::chrono::nanoseconds start_; // of the capture, since the Unix epoch

  std::vector<std::byte> head_; // section header and descriptions, for the next file
  std::vector<std::uint64_t> written_by_interface_; // datagrams, by the numbers in the files
  clock::time_point file_begin_;
  std::uint64_t file_bytes_ = 0;
  bool has_datagram_ = false; // this file

  std::uint64_t datagrams_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t files_ = 1;
};

} // namespace ancillary::detail
