// Keeps a list of the interfaces up to date, for several listeners.
#pragma once

#include "interfaces/interface_update.hpp"
#include "platform/interface_watch.hpp"
#include <ancillary/recvmsg/network_interface.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

namespace ancillary::detail {

// Waits for events, reads them, then reads a list and tells the listeners; and so on. Decision.
// Context: the events of Linux describe the interface as fully as a list does, and could be applied
// to it one by one. But some come before the change that they tell of (an MTU that removes IPv6),
// some describe only a part (wireless), and Windows' events name no more than the index. Choice:
// the events say when to look and what went away, the list says what is; lists take a tenth of the
// time at most. Rejected: applying the events, which saves a list for each (50 us for ten
// interfaces, 4.5 ms for a thousand) at the price of a second source of truth on one platform.
class interface_monitor : public std::enable_shared_from_this<interface_monitor> {
public:
  explicit interface_monitor(const asio::any_io_executor& executor) : timer_(executor) {}

  // Reads the first list and begins to watch; once.
  void begin(std::error_code& error);
  void stop() noexcept;

  void tell(std::weak_ptr<interface_listener> listener);

  [[nodiscard]] const std::vector<network_interface>& all() const noexcept { return all_; }

private:
  using clock = std::chrono::steady_clock;

  void wait();
  void read_at(clock::time_point when);
  void read();
  [[nodiscard]] std::error_code take_events();
  [[nodiscard]] std::optional<std::vector<network_interface>> list(std::error_code& error);
  template <class Call>
  void for_each_listener(Call call);

  asio::steady_timer timer_;
  std::unique_ptr<interface_watch> watch_;
  std::vector<network_interface> all_;
  interface_events events_; // since `all_` was read
  clock::time_point not_before_{};
  std::vector<std::weak_ptr<interface_listener>> listeners_;
  bool stopped_ = true;
};

} // namespace ancillary::detail
