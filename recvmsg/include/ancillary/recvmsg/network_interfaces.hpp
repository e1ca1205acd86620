// The interfaces and addresses of this host, kept up to date.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/detail/asio_classes.hpp>
#include <ancillary/recvmsg/interface_choice.hpp>
#include <ancillary/recvmsg/network_interface.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/execution_context.hpp>
#include <functional>
#include <memory>
#include <system_error>
#include <type_traits>
#include <vector>

namespace ancillary {

class group_membership;

namespace detail {
class interface_monitor;
class interface_reporter;
} // namespace detail

// What happened to one interface.
struct interface_change {
  // As it was; null for one that is new.
  const network_interface* before = nullptr;
  // As it is; null for one that is gone.
  const network_interface* after = nullptr;

  // The addresses that have become usable.
  [[nodiscard]] ANCILLARY_API std::vector<ip_address> gained_addresses() const;
  // The addresses that no longer are usable.
  [[nodiscard]] ANCILLARY_API std::vector<ip_address> lost_addresses() const;
};

// A list of the interfaces that follows the system's change events (rtnetlink on Linux,
// NotifyIpInterfaceChange and NotifyUnicastIpAddressChange on Windows).
//
//   ancillary::network_interfaces interfaces(io);
//   interfaces.on_change([](const ancillary::interface_change& change) { ... });
//
// Watches from construction to stop() or destruction, and keeps the executor running for as long.
// On Linux, it watches the network namespace of the thread that constructs it. A watch that fails
// is replaced by one of the namespace in which the executor's thread is then.
//
// Threads: as with an Asio object, calls must not overlap with each other or with the callbacks,
// which run on the executor. If several threads run one io_context, give it a strand.
//
// After an event the system is asked for a new list, on the executor's thread. This takes a tenth
// of a millisecond on most hosts; where it takes longer, events wait a little, so that the lists
// take a tenth of the time at most.
class ANCILLARY_API network_interfaces {
public:
  // Throws std::system_error if the system cannot list its interfaces or report changes.
  explicit network_interfaces(const asio::any_io_executor& executor)
      : network_interfaces(executor, nullptr, {}) {}
  // The same, but sets `error`; then the list is empty and nothing is watched.
  network_interfaces(const asio::any_io_executor& executor, std::error_code& error)
      : network_interfaces(executor, &error, {}) {}

  template <class ExecutionContext>
  requires std::is_convertible_v<ExecutionContext&, asio::execution_context&>
  explicit network_interfaces(ExecutionContext& context)
      : network_interfaces(asio::any_io_executor(context.get_executor())) {}
  template <class ExecutionContext>
  requires std::is_convertible_v<ExecutionContext&, asio::execution_context&>
  network_interfaces(ExecutionContext& context, std::error_code& error)
      : network_interfaces(asio::any_io_executor(context.get_executor()), error) {}

  network_interfaces(const network_interfaces&) = delete;
  network_interfaces& operator=(const network_interfaces&) = delete;

  // Allowed inside a callback.
  ~network_interfaces();

  // As of construction or the last change. Valid until the next event or destruction.
  [[nodiscard]] const std::vector<network_interface>& all() const noexcept;

  // The interfaces given by name, index or address; they point into all().
  [[nodiscard]] std::vector<const network_interface*> find(const interface_choice& choice) const;

  // Called on the executor for each interface that was added, removed or changed; all() is new
  // already. The change is valid until the callback returns. An interface that was removed and came
  // back in the meantime is reported as removed, then as added, also if it has the same index.
  // Several changes in a row of one interface can be reported as one. Call it before the executor
  // runs, or on it. If the callback throws, the exception propagates out of io_context::run(), and
  // the other changes of that list are not reported.
  void on_change(std::function<void(const interface_change&)> handler);

  // Called on the executor if there is no new list: for want of memory or descriptors, or on Linux
  // because the interfaces changed while they were listed, four times in a row (EAGAIN). The system
  // is asked again every second; all() remains as it was.
  void on_error(std::function<void(const std::error_code&)> handler);

  // Stops watching: no callback begins after it returns, and the executor is no longer kept
  // running. Also ends the group memberships' watch that uses this one.
  void stop() noexcept;

private:
  friend class group_membership;
  // Throws if `error` is null.
  network_interfaces(const asio::any_io_executor& executor, std::error_code* error,
                     detail::asio_classes_here);

  std::shared_ptr<detail::interface_monitor> monitor_;
  std::shared_ptr<detail::interface_reporter> reporter_;
};

} // namespace ancillary
