// Part of the seam: the system's events about interfaces and addresses. One .cpp for each platform.
#pragma once

#include <ancillary/recvmsg/network_interface.hpp>

#include <asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <system_error>
#include <vector>

namespace ancillary::detail {

// An interface that was of no use for a family, though it may be again.
struct interface_interruption {
  std::uint32_t index = 0;
  bool of_ipv4 = false;
  bool of_ipv6 = false;
};

// What the events tell that a list cannot.
struct interface_events {
  std::vector<std::uint32_t> removed; // indices of interfaces that went, though they may be back
  std::vector<interface_interruption> interrupted;
  bool lost = false; // the system had more events than it could keep
};

// For one thread at a time.
class interface_watch {
public:
  interface_watch() = default;
  interface_watch(const interface_watch&) = delete;
  interface_watch& operator=(const interface_watch&) = delete;
  // A handler that is about to run is not kept from it.
  virtual ~interface_watch() = default;

  // Calls `on_event` once, on the executor, when events are there. Keeps the executor running until
  // then. One call at a time.
  virtual void wait(std::function<void()> on_event) = 0;

  // The events so far; a list that is read after this call includes them. Fails only if the watch
  // is of no use any more.
  [[nodiscard]] virtual interface_events take(std::error_code& error) = 0;

  // As list_network_interfaces(); on Linux, of the network namespace of the thread that made the
  // watch.
  [[nodiscard]] virtual std::vector<network_interface> list(std::error_code& error) = 0;
};

// Events from this call on. Null with `error`.
[[nodiscard]] std::unique_ptr<interface_watch>
make_interface_watch(const asio::any_io_executor& executor, std::error_code& error);

} // namespace ancillary::detail
