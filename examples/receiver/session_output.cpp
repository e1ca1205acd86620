// What a session writes to standard output, and when.
#include "session.hpp"
#include <ancillary/recvmsg/describe.hpp>

#include <algorithm>

namespace tool {

bool session::write(const std::string& text) {
  const std::error_code error = write_to_standard_output(text);
  if (!error) {
    return true;
  }
  // The interruption is the signal or the time that ends this run; its handler runs next.
  if (error == std::errc::interrupted || (write_deadline_ && write_deadline_->is_over())) {
    receiver_->stop();
  } else {
    fail("cannot write to standard output: " + ancillary::describe(error));
  }
  return false;
}

std::span<const ancillary::packet> session::admitted(std::span<const ancillary::packet> batch) {
  if (!formatter_ || !limit_.is_set()) {
    return batch;
  }
  return batch.first(limit_.admit(batch.size(), clock::now()));
}

void session::begin_view() {
  const auto interval = *arguments_.top_interval;
  const auto first = start_ + interval;
  view_timer_.begin(first, [this, interval, due = first]() mutable {
    if (!show_view()) {
      return std::optional<clock::time_point>();
    }
    due = std::max(due + interval, clock::now()); // a picture that was late delays the next one
    return std::optional(due);
  });
}

bool session::show_view() {
  live_view::surroundings around;
  around.counters = receiver_->counters();
  around.knows_kernel_drops =
      receiver_->metadata().granted().contains(ancillary::field::dropped_total);
  around.queue = receiver_->occupancy().queue;
  around.elapsed = clock::now() - start_;
  return write(view_->draw(around));
}

} // namespace tool
