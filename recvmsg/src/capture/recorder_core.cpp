#include "capture/recorder_core.hpp"

#include <ancillary/recvmsg/interface.hpp>

#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace ancillary::detail {

namespace {

// Room for any block but a datagram.
constexpr std::size_t least_buffer_bytes = 4096;
static_assert(least_buffer_bytes > pcapng::most_other_block_bytes);

// The error of what writes, an exception included: the thread has nobody to throw it to.
template <class Action>
std::error_code error_of(Action action) noexcept {
  try {
    return action();
  } catch (const std::system_error& problem) {
    return problem.code() ? problem.code() : std::make_error_code(std::errc::io_error);
  } catch (const std::bad_alloc&) {
    return std::make_error_code(std::errc::not_enough_memory);
  } catch (...) {
    return std::make_error_code(std::errc::io_error);
  }
}

} // namespace

recorder_core::recorder_core(std::unique_ptr<capture_output> output, recorder_options options)
    : options_(std::move(options)),
      hurry_bytes_(options_.buffer_bytes / 4),
      writer_([this](std::span<const std::byte> blocks) { return take(blocks); },
              {.application = options_.application,
               .interface_name = interface_name,
               .snap_bytes = options_.snap_bytes}),
      files_(std::move(output), options_.file_bytes, options_.file_time,
             [this] { return snapshot(); }) {
  if (options_.buffer_bytes < least_buffer_bytes) {
    throw std::invalid_argument("recorder_options::buffer_bytes: at least " +
                                std::to_string(least_buffer_bytes));
  }
  filling_.reserve(options_.buffer_bytes);
  writing_.reserve(options_.buffer_bytes);
}

void recorder_core::start() {
  counters_.files = files_.files();
  static_cast<void>(writer_.begin()); // fits: the buffer is empty
  thread_ = std::thread([this] { run(); });
}

void recorder_core::finish() {
  std::call_once(finished_, [this] {
    {
      const std::lock_guard lock(mutex_);
      finishing_ = true;
    }
    wakeup_.notify_one();
    if (thread_.joinable()) {
      thread_.join();
    }
  });
}

void recorder_core::bound_to(const asio::ip::udp::endpoint& local) {
  const std::lock_guard lock(mutex_);
  local_ = local;
}

void recorder_core::record(const packet& each, std::optional<std::uint32_t> dropped) noexcept {
  const std::lock_guard lock(mutex_);
  if (finishing_) {
    return;
  }
  ++counters_.received;
  const std::size_t waiting_bytes = filling_.size();
  try {
    pcapng::datagram made = to_datagram(each, local_);
    if (dropped) {
      made.lost_at_socket = *dropped;
      dropped_by_system_ = dropped_by_system_.value_or(0) + *dropped;
    }
    if (writer_.write(made) && !failed_) {
      ++counters_.buffer_full;
    }
  } catch (...) { // no memory for a larger datagram or for another interface
    counters_.buffer_full += failed_ ? 0 : 1;
  }
  const bool is_first = waiting_bytes == 0 && !filling_.empty();
  if (is_first || (waiting_bytes < hurry_bytes_ && filling_.size() >= hurry_bytes_)) {
    wakeup_.notify_one();
  }
}

recorder_counters recorder_core::counters() const {
  const std::lock_guard lock(mutex_);
  recorder_counters now = counters_;
  now.waiting_bytes = filling_.size();
  if (failed_) {
    now.write_failed = now.received - now.written - now.buffer_full;
  }
  return now;
}

// Of the writer, whose caller holds the lock.
std::error_code recorder_core::take(std::span<const std::byte> blocks) {
  if (failed_) {
    return std::make_error_code(std::errc::io_error);
  }
  if (blocks.size() > options_.buffer_bytes - filling_.size()) {
    return std::make_error_code(std::errc::no_buffer_space);
  }
  filling_.insert(filling_.end(), blocks.begin(), blocks.end());
  return {};
}

void recorder_core::run() {
  std::unique_lock lock(mutex_);
  write_all(lock); // the section header: a reader of a pipe waits for it
  while (!finishing_) {
    wait_for_blocks(lock);
    write_all(lock);
  }
  write_all(lock); // what arrived during the last write
  if (!failed_) {
    lock.unlock();
    const std::error_code error = error_of([this] { return files_.finish(); });
    lock.lock();
    note(error, lock);
  }
}

void recorder_core::wait_for_blocks(std::unique_lock<std::mutex>& lock) {
  const auto has_some = [this] { return finishing_ || !filling_.empty(); };
  if (const auto due = failed_ ? std::nullopt : files_.due()) {
    wakeup_.wait_until(lock, *due, has_some);
  } else {
    wakeup_.wait(lock, has_some);
  }
  if (!filling_.empty()) {
    wakeup_.wait_for(lock, options_.flush_interval,
                     [this] { return finishing_ || filling_.size() >= hurry_bytes_; });
  }
}

// Unlocks while it writes.
void recorder_core::write_all(std::unique_lock<std::mutex>& lock) {
  std::swap(filling_, writing_);
  if (failed_) {
    writing_.clear();
    return;
  }
  lock.unlock();
  const std::error_code error = error_of([this] {
    const std::error_code late = files_.keep_time();
    return late ? late : files_.write(writing_);
  });
  writing_.clear();
  lock.lock();
  note(error, lock);
}

void recorder_core::note(std::error_code error, std::unique_lock<std::mutex>& lock) {
  counters_.written = files_.datagrams();
  counters_.bytes = files_.bytes();
  counters_.files = files_.files();
  if (error) {
    failed_ = true;
    filling_.clear();
    if (options_.on_error) {
      lock.unlock();
      options_.on_error(error);
      lock.lock();
    }
  }
}

statistics_snapshot recorder_core::snapshot() const {
  const std::lock_guard lock(mutex_);
  const auto interfaces = writer_.interfaces();
  return {{interfaces.begin(), interfaces.end()}, dropped_by_system_};
}

} // namespace ancillary::detail
