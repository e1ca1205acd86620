// The memberships of one socket, and when they are joined, renewed and left.
#pragma once

#include "interfaces/interface_monitor.hpp"
#include "interfaces/membership_calls.hpp"
#include <ancillary/recvmsg/group_membership.hpp>

#include <asio/ip/udp.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ancillary::detail {

class membership_keeper : public interface_listener {
public:
  using handler = std::function<void(const membership_change&)>;

  // Stops the monitor as well if it is its own.
  membership_keeper(asio::ip::udp::socket& socket, std::shared_ptr<interface_monitor> monitor,
                    bool owns_monitor)
      : socket_(socket), monitor_(std::move(monitor)), owns_monitor_(owns_monitor) {}

  void on_update(const interface_update& update) override;

  std::size_t join(const asio::ip::address& group, const group_options& options);
  void leave(const group_and_source& what);
  void retry();
  void leave_all() noexcept;
  void forget_all() noexcept { entries_.clear(); }
  void stop() noexcept;

  [[nodiscard]] std::vector<membership> memberships() const;
  [[nodiscard]] const std::vector<network_interface>& interfaces() const noexcept {
    return monitor_->all();
  }

  std::shared_ptr<const handler> changed;

private:
  // What the caller wants.
  struct request {
    group_and_source what;
    bool everywhere = false; // and on the chosen interfaces
    std::vector<interface_choice> chosen = {};
  };

  // What became of a request on one interface.
  struct entry {
    membership of;
    options::interface_selector by = {};
    bool was_running = false; // the interface, when the membership was last announced
    bool had_address = false;

    [[nodiscard]] bool is_joined() const noexcept { return !of.error; }
    [[nodiscard]] group_and_source what() const { return {of.group, of.source}; }
  };

  using changes = std::vector<membership_change>;
  using places = std::vector<const network_interface*>; // in monitor_->all()

  void settle(const interface_update& update);
  void leave_unwanted(const interface_update& update, changes& to);
  void renew(const interface_update& update, changes& to);
  void join_missing(changes& to);
  void join(const request& wanted, const network_interface& on, changes& to);
  void join(entry& which, const network_interface& on);
  [[nodiscard]] bool is_joined_otherwise(const entry& which) const noexcept;
  [[nodiscard]] bool is_wanted(const entry& which, const std::vector<places>& wanted) const;
  [[nodiscard]] places places_of(const request& wanted) const;
  [[nodiscard]] entry* find(const group_and_source& what, std::uint32_t index) noexcept;
  void report(const changes& all) const;

  asio::ip::udp::socket& socket_;
  std::shared_ptr<interface_monitor> monitor_;
  bool owns_monitor_;
  bool stopped_ = false;
  std::vector<request> requests_;
  std::vector<entry> entries_;
};

} // namespace ancillary::detail
