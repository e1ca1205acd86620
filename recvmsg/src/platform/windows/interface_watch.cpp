#include "platform/interface_watch.hpp"

#include "platform/windows/row_history.hpp"
#include "platform/windows/system_calls.hpp"

#include <asio/error.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <mutex>
#include <optional>
#include <utility>

namespace ancillary::detail {

namespace {

// How often the interfaces are listed where the system reports no changes, as under Wine.
constexpr std::chrono::seconds polling_interval{1};

// What the system's threads and the executor's share.
class mailbox {
public:
  explicit mailbox(const asio::any_io_executor& executor) : executor_(executor) {}

  // On a thread of the system; `note(history, events)` takes down what the event tells.
  template <class Note>
  void put(Note note) noexcept {
    const std::lock_guard lock(mutex_);
    try {
      note(history_, events_);
      has_events_ = true;
      wake();
    } catch (...) { // no memory
      events_.lost = true;
    }
  }

  void wait(std::function<void()> on_event) {
    const std::lock_guard lock(mutex_);
    on_event_ = std::move(on_event);
    work_.emplace(executor_);
    if (has_events_) {
      wake();
    }
  }

  [[nodiscard]] interface_events take() noexcept {
    const std::lock_guard lock(mutex_);
    has_events_ = false;
    return std::exchange(events_, {});
  }

  void know(const std::vector<network_interface>& all) {
    const std::lock_guard lock(mutex_);
    history_.know(all);
  }

  void close() noexcept {
    const std::lock_guard lock(mutex_);
    on_event_ = nullptr;
    work_.reset();
  }

private:
  void wake() {
    if (on_event_) {
      asio::post(executor_, on_event_);
      on_event_ = nullptr;
      work_.reset();
    }
  }

  const asio::any_io_executor executor_;
  std::mutex mutex_;
  row_history history_;
  interface_events events_;
  bool has_events_ = false;
  std::function<void()> on_event_;
  std::optional<asio::executor_work_guard<asio::any_io_executor>> work_; // while waiting
};

VOID NETIOAPI_API_ on_interface(PVOID context, PMIB_IPINTERFACE_ROW row,
                                MIB_NOTIFICATION_TYPE type) {
  static_cast<mailbox*>(context)->put([&](row_history& history, interface_events& events) {
    if (row == nullptr) {
      return;
    }
    const interface_rows of{row->Family != AF_INET6, row->Family != AF_INET}; // AF_UNSPEC: both
    if (type == MibAddInstance) {
      history.add(row->InterfaceIndex, of);
    } else if (type == MibDeleteInstance) {
      history.remove(row->InterfaceIndex, of, events);
    }
  });
}

VOID NETIOAPI_API_ on_address(PVOID context, PMIB_UNICASTIPADDRESS_ROW, MIB_NOTIFICATION_TYPE) {
  static_cast<mailbox*>(context)->put([](row_history&, interface_events&) {});
}

// A registration; its end waits for calls in progress.
class registration {
public:
  registration() = default;
  registration(const registration&) = delete;
  registration& operator=(const registration&) = delete;
  ~registration() {
    if (handle_ != nullptr) {
      system.cancel_notify(handle_);
    }
  }
  [[nodiscard]] HANDLE* handle() noexcept { return &handle_; }

private:
  HANDLE handle_ = nullptr;
};

class notified_watch final : public interface_watch {
public:
  notified_watch(const asio::any_io_executor& executor, std::error_code& error)
      : events_(executor), polling_(executor) {
    DWORD result =
        system.notify_interfaces(AF_UNSPEC, &on_interface, &events_, FALSE, interfaces_.handle());
    if (result == NO_ERROR) {
      result =
          system.notify_addresses(AF_UNSPEC, &on_address, &events_, FALSE, addresses_.handle());
    }
    polls_ = result == ERROR_NOT_SUPPORTED;
    error = {polls_ ? 0 : static_cast<int>(result), asio::error::get_system_category()};
  }

  ~notified_watch() override { events_.close(); }

  void wait(std::function<void()> on_event) override {
    if (!polls_) {
      events_.wait(std::move(on_event));
      return;
    }
    polling_.expires_after(polling_interval);
    polling_.async_wait([on_event = std::move(on_event)](const std::error_code& error) {
      if (!error) {
        on_event();
      }
    });
  }

  interface_events take(std::error_code& error) override {
    error.clear();
    return events_.take();
  }

  std::vector<network_interface> list(std::error_code& error) override {
    auto all = list_network_interfaces(error);
    events_.know(all);
    return all;
  }

private:
  mailbox events_;
  bool polls_ = false;
  asio::steady_timer polling_;
  // Destroyed first, so that no call comes later.
  registration interfaces_;
  registration addresses_;
};

} // namespace

std::unique_ptr<interface_watch> make_interface_watch(const asio::any_io_executor& executor,
                                                      std::error_code& error) {
  auto made = std::make_unique<notified_watch>(executor, error);
  return error ? nullptr : std::unique_ptr<interface_watch>(std::move(made));
}

} // namespace ancillary::detail
