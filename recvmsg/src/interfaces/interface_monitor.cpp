#include "interfaces/interface_monitor.hpp"

#include <exception>
#include <utility>

namespace ancillary::detail {

namespace {

constexpr std::chrono::seconds retry_interval{1};

// Lists take one part of this many of the time.
constexpr int part_of_the_time = 10;

} // namespace

void interface_monitor::begin(std::error_code& error) {
  watch_ = make_interface_watch(timer_.get_executor(), error);
  if (error) {
    return;
  }
  if (auto first = list(error)) {
    all_ = std::move(*first);
    stopped_ = false;
    wait();
  } else {
    watch_.reset();
  }
}

void interface_monitor::stop() noexcept {
  stopped_ = true;
  watch_.reset();
  timer_.cancel();
}

void interface_monitor::tell(std::weak_ptr<interface_listener> listener) {
  std::erase_if(listeners_, [](const auto& each) { return each.expired(); });
  listeners_.push_back(std::move(listener));
}

void interface_monitor::wait() {
  watch_->wait([weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->read_at(self->not_before_);
    }
  });
}

void interface_monitor::read_at(clock::time_point when) {
  if (stopped_) {
    return; // the handler was queued when the monitor was stopped; a timer would outlive that
  }
  if (when <= clock::now()) {
    read();
    return;
  }
  timer_.expires_at(when);
  timer_.async_wait([weak = weak_from_this()](const std::error_code& error) {
    const auto self = weak.lock();
    if (self && !error) {
      self->read();
    }
  });
}

// A watch that fails is replaced; what it would have told is lost.
std::error_code interface_monitor::take_events() {
  std::error_code error;
  if (watch_) {
    interface_events more = watch_->take(error);
    events_.removed.insert(events_.removed.end(), more.removed.begin(), more.removed.end());
    events_.interrupted.insert(events_.interrupted.end(), more.interrupted.begin(),
                               more.interrupted.end());
    events_.lost |= more.lost;
  }
  if (error || !watch_) {
    events_.lost = true;
    watch_ = make_interface_watch(timer_.get_executor(), error);
  }
  return error;
}

std::optional<std::vector<network_interface>> interface_monitor::list(std::error_code& error) {
  const auto start = clock::now();
  auto found = watch_->list(error);
  const auto end = clock::now();
  not_before_ = end + (part_of_the_time - 1) * (end - start);
  return error ? std::nullopt : std::optional(std::move(found));
}

void interface_monitor::read() {
  if (stopped_) {
    return;
  }
  std::error_code error = take_events();
  auto now = error ? std::nullopt : list(error);
  if (!now) {
    read_at(clock::now() + retry_interval);
    for_each_listener([&](interface_listener& each) { each.on_list_error(error); });
    return;
  }
  const auto before = std::exchange(all_, std::move(*now));
  const auto events = std::exchange(events_, {});
  wait(); // also if a listener throws
  if (before != all_ || !events.removed.empty() || !events.interrupted.empty() || events.lost) {
    // A listener can stop the monitor, but `all_` remains.
    for_each_listener([&](interface_listener& each) {
      each.on_update({before, all_, events.removed, events.interrupted, events.lost});
    });
  }
}

// Calls it for all, also if one throws.
template <class Call>
void interface_monitor::for_each_listener(Call call) {
  const auto self = shared_from_this();
  std::exception_ptr first;
  for (const auto& each : std::vector(listeners_)) { // a call can add a listener
    if (const auto listener = each.lock()) {
      try {
        call(*listener);
      } catch (...) {
        first = first ? first : std::current_exception();
      }
    }
  }
  if (first) {
    std::rethrow_exception(first);
  }
}

} // namespace ancillary::detail
