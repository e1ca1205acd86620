#include "interfaces/interface_monitor.hpp"
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/network_interfaces.hpp>

#include <utility>

namespace ancillary {

namespace detail {

// Tells the caller's handlers. A handler can replace itself and destroy its network_interfaces.
class interface_reporter : public interface_listener {
public:
  using change_handler = std::function<void(const interface_change&)>;
  using error_handler = std::function<void(const std::error_code&)>;

  void on_update(const interface_update& update) override {
    for (const interface_change& each : changes_of(update)) {
      if (const auto call = changed) {
        (*call)(each);
      }
    }
  }

  void on_list_error(const std::error_code& error) override {
    if (const auto call = failed) {
      (*call)(error);
    }
  }

  void stop() noexcept {
    changed.reset();
    failed.reset();
  }

  std::shared_ptr<const change_handler> changed;
  std::shared_ptr<const error_handler> failed;
};

} // namespace detail

network_interfaces::network_interfaces(const asio::any_io_executor& executor,
                                       std::error_code* error, detail::asio_classes_here)
    : monitor_(std::make_shared<detail::interface_monitor>(executor)),
      reporter_(std::make_shared<detail::interface_reporter>()) {
  std::error_code found;
  monitor_->begin(found);
  monitor_->tell(reporter_);
  if (error != nullptr) {
    *error = found;
  } else if (found) {
    throw described_error(found, "cannot watch the network interfaces");
  }
}

network_interfaces::~network_interfaces() { stop(); }

const std::vector<network_interface>& network_interfaces::all() const noexcept {
  return monitor_->all();
}

std::vector<const network_interface*>
network_interfaces::find(const interface_choice& choice) const {
  return choice.in(monitor_->all());
}

void network_interfaces::on_change(std::function<void(const interface_change&)> handler) {
  reporter_->changed =
      handler
          ? std::make_shared<const detail::interface_reporter::change_handler>(std::move(handler))
          : nullptr;
}

void network_interfaces::on_error(std::function<void(const std::error_code&)> handler) {
  reporter_->failed =
      handler
          ? std::make_shared<const detail::interface_reporter::error_handler>(std::move(handler))
          : nullptr;
}

void network_interfaces::stop() noexcept {
  reporter_->stop();
  monitor_->stop();
}

} // namespace ancillary
