#include "standard_output.hpp"

#include <cerrno>
#include <cstdio>

namespace tool {
namespace {

// A write may begin just after it was interrupted.
constexpr std::chrono::milliseconds repeat_interval{20};

} // namespace

std::error_code write_to_standard_output(const std::string& text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) {
    return {};
  }
  return errno != 0 ? std::error_code(errno, std::generic_category())
                    : std::make_error_code(std::errc::io_error);
}

write_deadline::write_deadline(std::optional<std::chrono::nanoseconds> from_now) {
  if (from_now) {
    end_ = std::chrono::steady_clock::now() + *from_now;
    thread_ = std::thread([this] { watch(); });
  }
}

write_deadline::~write_deadline() {
  if (!thread_.joinable()) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

bool write_deadline::is_over() const noexcept {
  return end_ && std::chrono::steady_clock::now() >= *end_;
}

void write_deadline::watch() {
  std::unique_lock lock(mutex_);
  auto next = *end_;
  while (!changed_.wait_until(lock, next, [this] { return finished_; })) {
    interrupter_.interrupt();
    next = std::chrono::steady_clock::now() + repeat_interval;
  }
}

} // namespace tool
