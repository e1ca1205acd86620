#include "interfaces/interface_monitor.hpp"
#include "interfaces/membership_keeper.hpp"
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/endpoint.hpp>
#include <ancillary/recvmsg/group_membership.hpp>
#include <ancillary/recvmsg/network_interfaces.hpp>

#include <ostream>
#include <utility>

namespace ancillary {

std::string_view to_string(membership_event event) noexcept {
  switch (event) {
  case membership_event::joined:
    return "joined";
  case membership_event::renewed:
    return "renewed";
  case membership_event::left:
    return "left";
  case membership_event::refused:
    return "refused";
  }
  return "unknown";
}

std::string to_string(const membership_change& change) {
  std::string text(to_string(change.event));
  text += ' ' + to_string(from_asio(change.of.group));
  if (change.of.source) {
    text += " from " + to_string(from_asio(*change.of.source));
  }
  text += " on " + change.of.interface_name;
  return change.reason.empty() ? text : text + ": " + change.reason;
}

std::ostream& operator<<(std::ostream& out, const membership_change& change) {
  return out << to_string(change);
}

group_membership::group_membership(asio::ip::udp::socket& socket,
                                   const network_interfaces* interfaces, std::error_code* error,
                                   detail::asio_classes_here) {
  std::error_code found;
  auto monitor = interfaces != nullptr
                     ? interfaces->monitor_
                     : std::make_shared<detail::interface_monitor>(socket.get_executor());
  if (interfaces == nullptr) {
    monitor->begin(found);
  }
  keeper_ = std::make_shared<detail::membership_keeper>(socket, monitor, interfaces == nullptr);
  monitor->tell(keeper_);
  if (error != nullptr) {
    *error = found;
  } else if (found) {
    throw described_error(found, "cannot watch the network interfaces");
  }
}

group_membership::~group_membership() {
  keeper_->stop();
  keeper_->leave_all();
}

void group_membership::on_change(std::function<void(const membership_change&)> handler) {
  keeper_->changed =
      handler ? std::make_shared<const detail::membership_keeper::handler>(std::move(handler))
              : nullptr;
}

// The handler, called from within the next three, can destroy this object.

std::size_t group_membership::join(const asio::ip::address& group, const group_options& options) {
  const auto keeper = keeper_;
  return keeper->join(group, options);
}

void group_membership::leave(const asio::ip::address& group,
                             const std::optional<asio::ip::address>& source) {
  const auto keeper = keeper_;
  keeper->leave({group, source});
}

void group_membership::retry() {
  const auto keeper = keeper_;
  keeper->retry();
}

std::vector<membership> group_membership::memberships() const { return keeper_->memberships(); }

const std::vector<network_interface>& group_membership::interfaces() const noexcept {
  return keeper_->interfaces();
}

void group_membership::stop() noexcept { keeper_->stop(); }

void group_membership::release() noexcept {
  keeper_->stop();
  keeper_->forget_all();
}

} // namespace ancillary
