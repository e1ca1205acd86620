// An action that is repeated until it is ended.
#pragma once

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <system_error>
#include <utility>

namespace tool {

// Cancelling a timer does not keep back a handler that is queued already: its time was over, so it
// gets no error. Without a check it would wait again, and io_context::run() would never return.
class repeating_timer {
public:
  using time_point = asio::steady_timer::time_point;
  // Returns when to be called again; nullopt: not again.
  using action = std::function<std::optional<time_point>()>;

  explicit repeating_timer(asio::io_context& io) : timer_(io) {}

  // Calls `repeated` at this time and then when it says. Ends what was begun before.
  void begin(time_point first, action repeated) {
    end();
    action_ = std::move(repeated);
    wait(first);
  }

  // No call begins after it returns. Allowed inside the action.
  void end() {
    ++round_;
    timer_.cancel();
  }

private:
  void wait(time_point until) {
    timer_.expires_at(until);
    timer_.async_wait([this, round = round_](std::error_code error) {
      if (error || round != round_) {
        return;
      }
      const auto next = action_();
      if (next && round == round_) {
        wait(*next);
      }
    });
  }

  asio::steady_timer timer_;
  action action_;
  std::uint64_t round_ = 0; // a queued handler of an earlier one does nothing
};

} // namespace tool
