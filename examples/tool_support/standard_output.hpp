// Standard output, where writing may fail or take for ever.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <thread>

namespace tool {

// Whether there is one; it may have been closed by the caller (`receiver >&-`). Also reserves the
// descriptors of closed standard streams, so that no socket takes their place. Call it first.
[[nodiscard]] bool has_standard_output();

// Writes all of `text` to standard output and flushes it. A slow reader blocks this call and with
// it the loop: datagrams then wait in the socket's receive buffer. std::errc::interrupted: a signal
// or a write_deadline ended the blocked call, and the rest was not written.
[[nodiscard]] std::error_code write_to_standard_output(const std::string& text);

// Ends the translation of line ends, for bytes that are no text.
void make_standard_output_binary();

// Interrupts the system calls of one thread.
class thread_interrupter {
public:
  thread_interrupter(); // of the calling thread
  ~thread_interrupter();
  thread_interrupter(const thread_interrupter&) = delete;
  thread_interrupter& operator=(const thread_interrupter&) = delete;

  // From any thread: ends a write that blocks now, with an error.
  void interrupt() noexcept;

private:
  struct target;
  std::unique_ptr<target> target_;
};

// From a time on, ends each blocked write of the thread that made this object. Without a time it
// does nothing.
class write_deadline {
public:
  explicit write_deadline(std::optional<std::chrono::nanoseconds> from_now);
  ~write_deadline();
  write_deadline(const write_deadline&) = delete;
  write_deadline& operator=(const write_deadline&) = delete;

  [[nodiscard]] bool is_over() const noexcept;

private:
  void watch();

  thread_interrupter interrupter_;
  std::optional<std::chrono::steady_clock::time_point> end_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool finished_ = false;
  std::thread thread_;
};

} // namespace tool
