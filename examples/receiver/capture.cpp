#include "capture.hpp"

#include "report.hpp"
#include <ancillary/recvmsg/describe.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <thread>

namespace tool {
namespace {

// What a disk that stops for a moment delays.
constexpr std::size_t least_buffer_bytes = 32u << 20;

// A reader that takes nothing for this long at the end has stopped reading.
constexpr std::chrono::seconds patience{5};
// A write may begin just after it was interrupted, or continue with its rest.
constexpr std::chrono::milliseconds repeat_interval{20};

std::unique_ptr<capture_file> open(const capture_options& options, capture_file*& opened) {
  auto made = std::make_unique<capture_file>(options);
  opened = made.get();
  return made;
}

// After the half that begins a pause, datagrams arrive until they hold all slots.
std::size_t buffer_bytes_for(const capture_options& options, std::size_t most_at_once_bytes) {
  return options.pause_on_full ? std::max(least_buffer_bytes, 2 * most_at_once_bytes)
                               : least_buffer_bytes;
}

// Interrupts the file's writes, from another thread, once they take nothing any more.
class watchdog {
public:
  watchdog(capture_file& file, const ancillary::recorder& recorder)
      : thread_([this, &file, &recorder] { watch(file, recorder); }) {}
  ~watchdog() {
    {
      const std::lock_guard lock(mutex_);
      finished_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

private:
  void watch(capture_file& file, const ancillary::recorder& recorder) {
    std::unique_lock lock(mutex_);
    std::chrono::milliseconds wait = patience;
    std::uint64_t before = recorder.counters().bytes;
    while (!changed_.wait_for(lock, wait, [this] { return finished_; })) {
      const std::uint64_t now = recorder.counters().bytes;
      if (now == before) {
        file.interrupt();
        wait = repeat_interval;
      }
      before = now;
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool finished_ = false;
  std::thread thread_; // last: it uses the others
};

} // namespace

capture::capture(const capture_options& options, const asio::ip::udp::endpoint& local,
                 std::optional<std::uint64_t> count, std::size_t most_at_once_bytes,
                 std::function<void()> on_failure)
    : options_(options),
      buffer_bytes_(buffer_bytes_for(options, most_at_once_bytes)),
      on_failure_(std::move(on_failure)),
      left_(count.value_or(~std::uint64_t{})),
      recorder_(open(options, file_), recorder_options()),
      tap_(recorder_.tap()) {
  recorder_.bound_to(local);
}

ancillary::recorder_options capture::recorder_options() {
  ancillary::recorder_options made;
  made.application = "receiver (Ancillary)";
  made.buffer_bytes = buffer_bytes_;
  made.file_bytes = options_.limits.bytes;
  made.file_time = options_.limits.time;
  made.on_error = [this](std::error_code error) {
    {
      const std::lock_guard lock(mutex_);
      error_ = error;
    }
    on_failure_();
  };
  return made;
}

bool capture::is_filling() const { return recorder_.counters().waiting_bytes >= buffer_bytes_ / 2; }

bool capture::has_caught_up() const {
  return recorder_.counters().waiting_bytes < buffer_bytes_ / 8;
}

void capture::finish() {
  std::optional<watchdog> guard;
  if (options_.is_standard_output()) {
    guard.emplace(*file_, recorder_);
  }
  recorder_.finish();
  if (const std::error_code error = file_->close()) {
    const std::lock_guard lock(mutex_);
    error_ = error_.value_or(error);
  }
}

std::optional<std::string> capture::failure() const {
  const std::lock_guard lock(mutex_);
  if (!error_) {
    return std::nullopt;
  }
  const std::string why = *error_ == std::errc::interrupted ? "its reader has stopped reading"
                                                            : ancillary::describe(*error_);
  const auto counters = recorder_.counters();
  return "cannot write the capture to " + file_->name() + ": " + why + "; it has " +
         std::to_string(counters.written) + " of " + std::to_string(counters.received) +
         " datagrams";
}

std::string capture::summary() const {
  const auto counters = recorder_.counters();
  return summary_line("capture_written", counters.written) + '\n' +
         summary_line("capture_buffer_full", counters.buffer_full) + '\n' +
         summary_line("capture_write_failed", counters.write_failed) + '\n' +
         summary_line("capture_bytes", counters.bytes) + '\n' +
         summary_line("capture_files", counters.files);
}

} // namespace tool
