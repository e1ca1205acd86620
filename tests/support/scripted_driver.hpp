// A driver without a socket: returns scripted results to the loop, on every host.
#pragma once

#include "platform/driver.hpp"
#include "slots/window.hpp"
#include <ancillary/decoders/metadata_view.hpp>
#include <ancillary/decoders/segments.hpp>
#include <ancillary/recvmsg/detail/wakeable.hpp>

#include <algorithm>
#include <asio/any_io_executor.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ancillary_test {

// One buffer as the system would return it. Data that does not fit the slot is truncated and
// flagged.
struct scripted_buffer {
  std::string payload;
  std::vector<std::byte> control{};
  std::uint8_t flags = 0;
  ancillary::receive_condition error{}; // instead of a datagram
  bool is_cut = false; // instead of a datagram: ends the receive call that reaches it
  bool exhausted = true;
};

// Whether an armed driver holds a slot that the system fills, or only waits.
enum class driver_shape { readiness, completion };

// The contents of a scripted socket's queue. The test keeps it and may add to it from any thread.
class script {
public:
  explicit script(driver_shape driver,
                  ancillary::layout_id control = ancillary::layouts::native::id)
      : shape(driver), layout(control) {}

  script& datagram(std::string payload, std::vector<std::byte> control = {},
                   std::uint8_t flags = 0) {
    return add({std::move(payload), std::move(control), flags});
  }
  script& datagrams(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      datagram(std::to_string(next_number_++));
    }
    return *this;
  }
  script& error(ancillary::receive_condition condition) { return add({{}, {}, 0, condition}); }
  script& cut(bool exhausted) { return add({{}, {}, 0, {}, true, exhausted}); }

  std::size_t left() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
  }
  // The datagrams returned to the loop; each segment of a coalesced buffer counts.
  std::uint64_t handed_over() const { return read(handed_over_); }
  std::uint64_t receive_calls() const { return read(receive_calls_); }
  std::uint64_t arms() const { return read(arms_); }
  bool armed() const {
    const std::lock_guard lock(mutex_);
    return loop_ != nullptr;
  }

  const driver_shape shape;
  const ancillary::layout_id layout;
  // An error is returned together with the datagrams before it, as on Windows, or by the next call.
  bool error_beside_datagrams = true;
  int arms_to_refuse = 0;
  // The answer of stop_coalescing(), and the number of its calls.
  bool obeys = true;
  int stops_of_coalescing = 0;

private:
  friend class scripted_driver;

  script& add(scripted_buffer entry) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(entry));
    wake();
    return *this;
  }

  template <class T>
  T read(const T& value) const {
    const std::lock_guard lock(mutex_);
    return value;
  }

  // Ends the wait of an armed driver if there is a reason.
  void wake() {
    if (loop_ == nullptr || (queue_.empty() && !cancelled_)) {
      return;
    }
    if (shape == driver_shape::completion) {
      complete();
    }
    auto loop = std::exchange(loop_, nullptr);
    const auto executor = loop->executor();
    asio::post(executor, [woken = std::move(loop)] { woken->on_wake(); });
    work_.reset();
  }

  void complete() {
    completed_ = true;
    completed_error_ = ancillary::receive_condition::none;
    while (!queue_.empty() && queue_.front().is_cut) {
      queue_.pop_front();
    }
    if (queue_.empty()) {
      completed_error_ = ancillary::receive_condition::interrupted;
    } else if (queue_.front().error != ancillary::receive_condition::none) {
      completed_error_ = queue_.front().error;
      queue_.pop_front();
    } else {
      fill(*pending_);
    }
  }

  void fill(ancillary::detail::slot& to) {
    using namespace ancillary::detail;
    const scripted_buffer from = std::move(queue_.front());
    queue_.pop_front();
    const auto put = [&](const void* data, std::size_t size, std::byte* at, std::size_t capacity,
                         std::uint8_t flag) {
      const std::size_t fits = std::min(size, capacity);
      if (fits != 0) {
        std::memcpy(at, data, fits);
      }
      to.flags = static_cast<std::uint8_t>(to.flags | (fits < size ? flag : 0));
      return static_cast<std::uint32_t>(fits);
    };
    to.flags = from.flags;
    to.remote = {asio::ip::address_v4::loopback(), 5000};
    to.payload_bytes = put(from.payload.data(), from.payload.size(), to.payload,
                           slots_->payload_capacity(), slot_flag::payload_truncated);
    to.control_bytes = put(from.control.data(), from.control.size(), to.control,
                           slots_->control_capacity(), slot_flag::control_truncated);

    const ancillary::metadata_view view(layout, to.control_span());
    const auto segment = view.segment_bytes();
    handed_over_ +=
        segment ? ancillary::segments(to.payload_span(), *segment).size() : std::size_t{1};
  }

  mutable std::mutex mutex_;
  std::deque<scripted_buffer> queue_;
  std::shared_ptr<ancillary::detail::wakeable> loop_; // armed
  std::optional<asio::executor_work_guard<asio::any_io_executor>> work_;
  ancillary::detail::window* slots_ = nullptr;
  ancillary::detail::slot* pending_ = nullptr; // shape `completion`: held by the driver
  bool completed_ = false;
  ancillary::receive_condition completed_error_{};
  bool cancelled_ = false;
  std::size_t next_number_ = 0;
  std::uint64_t handed_over_ = 0;
  std::uint64_t receive_calls_ = 0;
  std::uint64_t arms_ = 0;
};

class scripted_driver final : public ancillary::detail::driver {
public:
  explicit scripted_driver(std::shared_ptr<script> from) : script_(std::move(from)) {}

  ancillary::layout_id layout() const noexcept override { return script_->layout; }

  bool arm(const std::shared_ptr<ancillary::detail::wakeable>& loop,
           ancillary::detail::window& slots) override {
    script& s = *script_;
    const std::lock_guard lock(s.mutex_);
    if (s.arms_to_refuse > 0) {
      --s.arms_to_refuse;
      return false;
    }
    if (s.shape == driver_shape::completion && s.pending_ == nullptr &&
        (s.pending_ = slots.take_free()) == nullptr) {
      return false;
    }
    ++s.arms_;
    s.slots_ = &slots;
    s.cancelled_ = false;
    s.loop_ = loop;
    s.work_.emplace(loop->executor()); // a pending operation keeps the executor running
    s.wake();
    return true;
  }

  ancillary::detail::receive_result receive(ancillary::detail::window& slots) noexcept override {
    script& s = *script_;
    const std::lock_guard lock(s.mutex_);
    ++s.receive_calls_;
    s.slots_ = &slots;
    ancillary::detail::receive_result result;
    if (std::exchange(s.completed_, false)) {
      if (s.completed_error_ != ancillary::receive_condition::none) {
        result.error = error_of(s.completed_error_);
        return result;
      }
      s.pending_ = slots.exchange(0, s.pending_);
      result.count = 1;
    }
    for (; result.count < slots.size(); ++result.count) {
      if (s.queue_.empty()) {
        result.exhausted = true;
        return result;
      }
      const scripted_buffer& next = s.queue_.front();
      if (next.is_cut) {
        result.exhausted = next.exhausted;
        s.queue_.pop_front();
        return result;
      }
      if (next.error != ancillary::receive_condition::none) {
        if (result.count != 0 && !s.error_beside_datagrams) {
          result.exhausted = true;
          return result;
        }
        result.error = error_of(next.error);
        s.queue_.pop_front();
        return result;
      }
      s.fill(slots[result.count]);
    }
    return result;
  }

  bool stop_coalescing() noexcept override {
    script& s = *script_;
    const std::lock_guard lock(s.mutex_);
    ++s.stops_of_coalescing;
    return s.obeys;
  }

  void cancel() noexcept override {
    script& s = *script_;
    const std::lock_guard lock(s.mutex_);
    s.cancelled_ = true;
    s.wake();
  }

  ancillary::detail::abandoned_slot abandon() noexcept override {
    script& s = *script_;
    const std::lock_guard lock(s.mutex_);
    const bool filled = std::exchange(s.completed_, false) &&
                        s.completed_error_ == ancillary::receive_condition::none;
    return {std::exchange(s.pending_, nullptr), filled};
  }

private:
  static ancillary::receive_error error_of(ancillary::receive_condition condition) {
    return {condition, {static_cast<int>(condition), std::generic_category()}, false};
  }

  std::shared_ptr<script> script_;
};

} // namespace ancillary_test
