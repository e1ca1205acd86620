// The threads of lanes: start, the ways to end, and the pause while another process takes over.

#include "lanes/hand_over.hpp"
#include "lanes/lane_reader.hpp"
#include <ancillary/recvmsg/detail/lane_group.hpp>

#include <algorithm>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <chrono>
#include <gsl/assert>
#include <utility>

namespace ancillary::detail {

void lane_group::start() {
  Expects(threads_.empty());
  if (before_) {
    before_->become_owner([this] { own_sockets(); });
    before_.reset();
  }
  const std::lock_guard lock(mutex_);
  start_threads();
}

void lane_group::start_threads() {
  for (const auto& each : loops_) {
    each->start();
  }
  if (reader_) {
    reader_->start();
  }
  threads_.reserve(count_);
  for (std::size_t i = 0; i < count_; ++i) {
    threads_.emplace_back([this, i] { run(i); });
    ++running_;
  }
}

void lane_group::run(std::size_t lane) noexcept {
  for (bool ended = false; !ended;) {
    try {
      context_of(lane).run();
      ended = true; // nothing is pending: stopped, or ended by an error
    } catch (...) {
      {
        const std::lock_guard lock(mutex_);
        if (!failure_) {
          failure_ = std::current_exception();
        }
      }
      stop();
    }
  }
  const std::lock_guard lock(mutex_);
  --running_;
  changed_.notify_all();
}

void lane_group::ask_to_stop() noexcept {
  const std::lock_guard lock(mutex_);
  stop_asked_ = true;
}

void lane_group::stop() noexcept {
  ask_to_stop();
  if (reader_) {
    reader_->stop();
  }
  for (const auto& each : loops_) {
    each->stop();
  }
}

void lane_group::finish() noexcept {
  ask_to_stop();
  wind_down();
}

void lane_group::wind_down() noexcept {
  if (reader_) {
    reader_->wind_down();
  }
  for (const auto& each : loops_) {
    each->wind_down();
  }
}

void lane_group::wait_for_threads() {
  for (std::thread& each : threads_) {
    if (each.joinable()) {
      each.join();
    }
  }
}

void lane_group::join() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return running_ == 0 && !is_paused_; });
  }
  wait_for_threads();
  if (failure_) {
    std::rethrow_exception(std::exchange(failure_, nullptr));
  }
}

void lane_group::hand_over(const std::string& path) {
  offer_.reset();
  offer_ = std::make_unique<port_offer>(path, *this);
}

std::vector<asio::ip::udp::socket::native_handle_type> lane_group::sockets() const {
  std::vector<asio::ip::udp::socket::native_handle_type> all;
  for (std::size_t i = 0; i < contexts_.size(); ++i) {
    all.push_back(loops_[i]->socket().native_handle());
  }
  return all;
}

// The threads stay, although their loops have nothing to do.
bool lane_group::pause(const std::function<bool()>& goes_on) {
  std::unique_lock lock(mutex_);
  is_paused_ = true;
  for (const auto& each : contexts_) {
    guards_.push_back(asio::make_work_guard(*each));
  }
  wind_down();
  const auto is_idle = [](const auto& each) { return each->is_idle(); };
  while (!std::ranges::all_of(loops_, is_idle) || (reader_ && !reader_->is_idle())) {
    if (!goes_on()) {
      return false;
    }
    changed_.wait_for(lock, std::chrono::milliseconds(1));
  }
  return true;
}

bool lane_group::goes_on() {
  const std::lock_guard lock(mutex_);
  return !stop_asked_;
}

void lane_group::resume() noexcept {
  const std::lock_guard lock(mutex_);
  if (!stop_asked_ && !handed_over()) {
    restore_sockets();
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      asio::post(context_of(i), [this, i] { wind_up(*loops_[i]); });
    }
    if (reader_) {
      asio::post(context_of(0), [this] { wind_up(*reader_); });
    }
  }
  guards_.clear();
  is_paused_ = false;
  changed_.notify_all();
}

// On the loop's executor. After the lock, a stop() reaches the loop.
void lane_group::wind_up(receive_loop& loop) {
  const std::lock_guard lock(mutex_);
  if (!stop_asked_) {
    loop.wind_up();
  }
}

void lane_group::leave() noexcept {
  handed_over_.store(true); // resume() ends the pause
}

} // namespace ancillary::detail
