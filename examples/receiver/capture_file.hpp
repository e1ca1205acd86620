// The files of --pcapng.
#pragma once

#include "capture_options.hpp"
#include "standard_output.hpp"
#include <ancillary/recvmsg/recorder.hpp>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>

namespace tool {

// Writes blocks to a file, to a series of numbered files, or to standard output. Without a buffer
// of its own: what was written is in the file when the program is killed.
class capture_file final : public ancillary::capture_output {
public:
  // Opens the first file. Throws set_up_error.
  explicit capture_file(const capture_options& options);

  result write(std::span<const std::byte> blocks) override;
  std::error_code next_file() override;

  // The open file, "standard output" without one. Not while the recorder's thread runs.
  [[nodiscard]] std::string name() const { return name_.empty() ? "standard output" : name_; }

  // Closes the file, if there is one, and returns the error of what was still to be written. Not
  // while the recorder's thread runs.
  std::error_code close();

  // Ends a write that blocks now, with an error. From any thread.
  void interrupt();

private:
  struct closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };

  [[nodiscard]] std::error_code open();
  void remove_part_of_block(std::uint64_t whole_bytes);

  const capture_options options_;
  std::uint64_t number_ = 0;
  std::string name_; // of the open file
  std::unique_ptr<std::FILE, closer> opened_;
  std::FILE* file_ = nullptr; // opened_ or standard output
  std::uint64_t file_bytes_ = 0;

  std::mutex mutex_; // of the interrupter, which is made on the writing thread
  std::optional<thread_interrupter> interrupter_;
};

// The name of a file in a series, as dumpcap chooses it: the number and the time when it begins are
// inserted before the extension: "a/b.pcapng" becomes "a/b_00001_20261127105500.pcapng" (UTC).
[[nodiscard]] std::string numbered(const std::string& file, std::uint64_t number,
                                   std::chrono::system_clock::time_point begin);

} // namespace tool
