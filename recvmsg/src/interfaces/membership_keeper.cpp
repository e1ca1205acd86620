#include "interfaces/membership_keeper.hpp"

#include <algorithm>
#include <asio/error.hpp>
#include <utility>

namespace ancillary::detail {

namespace {

bool can_join(const group_and_source& what, const network_interface& on) noexcept {
  return on.is_up && (what.group.is_v6() ? on.has_ipv6 : on.has_ipv4);
}

// A report of an IPv6 host comes from its link-local address, and Linux repeats it when that
// becomes usable.
bool has_address_for(const group_and_source& what, const network_interface& on) noexcept {
  return what.group.is_v6() || on.has_usable_address(ip_family::v4);
}

// "ff02::fb%eth0" without its interface.
std::pair<asio::ip::address, std::uint32_t> without_scope(const asio::ip::address& group) {
  if (group.is_v4()) {
    return {group, 0};
  }
  return {asio::ip::address_v6(group.to_v6().to_bytes()),
          static_cast<std::uint32_t>(group.to_v6().scope_id())};
}

} // namespace

void membership_keeper::on_update(const interface_update& update) {
  if (!stopped_) {
    settle(update);
  }
}

// Leaving comes first: it makes room within the socket's limits.
void membership_keeper::settle(const interface_update& update) {
  changes all;
  leave_unwanted(update, all);
  renew(update, all);
  join_missing(all);
  report(all);
}

void membership_keeper::leave_unwanted(const interface_update& update, changes& to) {
  std::vector<places> wanted;
  for (const request& each : requests_) {
    wanted.push_back(places_of(each));
  }
  std::erase_if(entries_, [&](const entry& each) {
    if (!update.is_replaced(each.of.interface_index) && is_wanted(each, wanted)) {
      return false;
    }
    if (each.is_joined()) {
      // An error here means that the system has left the group itself.
      leave_on(socket_.native_handle(), each.what(), each.by);
      to.push_back({membership_event::left, each.of, {}});
    }
    return true;
  });
}

// All are left before the first is joined. Else another source's entry, of an interface that is
// gone, would stand for the group, and the system would not join it on the new one.
void membership_keeper::renew(const interface_update& update, changes& to) {
  std::vector<entry*> due;
  for (entry& each : entries_) {
    const network_interface& on = *find_interface(monitor_->all(), each.of.interface_index);
    each.of.interface_name = on.name;
    const bool has_address = has_address_for(each.what(), on);
    const ip_family family = each.of.group.is_v6() ? ip_family::v6 : ip_family::v4;
    const bool is_unheard =
        on.is_running && (!each.was_running || (!each.had_address && has_address) ||
                          update.was_interrupted(on.index, family));
    if (each.is_joined() && (update.lost || is_unheard)) {
      leave_on(socket_.native_handle(), each.what(), each.by);
      due.push_back(&each);
    }
    each.was_running = on.is_running;
    each.had_address = has_address;
  }
  for (entry* const each : due) {
    join(*each, *find_interface(monitor_->all(), each->of.interface_index));
    to.push_back(each->is_joined()
                     ? membership_change{membership_event::renewed, each->of, {}}
                     : membership_change{membership_event::refused, each->of,
                                         refusal_of_join(each->what(), each->of.error)});
  }
}

void membership_keeper::join_missing(changes& to) {
  for (const request& wanted : requests_) {
    for (const network_interface* const on : places_of(wanted)) {
      join(wanted, *on, to);
    }
  }
}

void membership_keeper::join(const request& wanted, const network_interface& on, changes& to) {
  entry* known = find(wanted.what, on.index);
  if (known != nullptr && known->is_joined()) {
    return;
  }
  const auto error_before = known == nullptr ? std::error_code() : known->of.error;
  if (known == nullptr) {
    known = &entries_.emplace_back(
        entry{{wanted.what.group, wanted.what.source, on.index, on.name, {}}});
  }
  join(*known, on);
  if (known->is_joined()) {
    to.push_back({membership_event::joined, known->of, {}});
  } else if (known->of.error != error_before) {
    to.push_back(
        {membership_event::refused, known->of, refusal_of_join(wanted.what, known->of.error)});
  }
}

void membership_keeper::join(entry& which, const network_interface& on) {
  if (is_joined_otherwise(which)) {
    which.of.error = asio::error::address_in_use;
    return;
  }
  const join_result result = join_on(socket_.native_handle(), which.what(), on);
  which.of.error = result.error;
  which.by = result.by;
  which.was_running = on.is_running;
  which.had_address = has_address_for(which.what(), on);
}

// From any source instead of one, or the other way round. The system has room for one of them:
// Linux refuses any source after one (EADDRINUSE), and one source after any replaces it in silence.
bool membership_keeper::is_joined_otherwise(const entry& which) const noexcept {
  return std::any_of(entries_.begin(), entries_.end(), [&](const entry& each) {
    return each.is_joined() && each.of.interface_index == which.of.interface_index &&
           each.of.group == which.of.group &&
           each.of.source.has_value() != which.of.source.has_value();
  });
}

// `wanted`: the places of each request.
bool membership_keeper::is_wanted(const entry& which, const std::vector<places>& wanted) const {
  const network_interface* const on = find_interface(monitor_->all(), which.of.interface_index);
  for (std::size_t i = 0; i != requests_.size(); ++i) {
    if (requests_[i].what == which.what()) {
      return std::binary_search(wanted[i].begin(), wanted[i].end(), on);
    }
  }
  return false;
}

// Sorted and without duplicates, because an interface can be chosen in several ways.
membership_keeper::places membership_keeper::places_of(const request& wanted) const {
  places found;
  for (const interface_choice& each : wanted.chosen) {
    const auto more = each.in(monitor_->all());
    found.insert(found.end(), more.begin(), more.end());
  }
  if (wanted.everywhere) {
    for (const network_interface& each : monitor_->all()) {
      if (each.has_multicast && !each.is_loopback && !each.is_port) {
        found.push_back(&each);
      }
    }
  }
  std::erase_if(found, [&](const auto* each) { return !can_join(wanted.what, *each); });
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

membership_keeper::entry* membership_keeper::find(const group_and_source& what,
                                                  std::uint32_t index) noexcept {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const entry& each) {
    return each.of.interface_index == index && each.of.group == what.group &&
           each.of.source == what.source;
  });
  return found == entries_.end() ? nullptr : &*found;
}

std::size_t membership_keeper::join(const asio::ip::address& group, const group_options& options) {
  const auto [address, scope] = without_scope(group);
  const group_and_source what{address, options.source};
  require_joinable(socket_.native_handle(), what);
  if (stopped_) {
    return 0;
  }
  auto wanted = std::find_if(requests_.begin(), requests_.end(),
                             [&](const request& each) { return each.what == what; });
  if (wanted == requests_.end()) {
    wanted = requests_.insert(requests_.end(), request{what});
  }
  auto chosen = options.interfaces;
  if (chosen.empty() && scope != 0) {
    chosen.emplace_back(scope);
  }
  wanted->everywhere |= chosen.empty();
  for (interface_choice& each : chosen) {
    if (std::find(wanted->chosen.begin(), wanted->chosen.end(), each) == wanted->chosen.end()) {
      wanted->chosen.push_back(std::move(each));
    }
  }
  changes all;
  for (const network_interface* const on : places_of(*wanted)) {
    join(*wanted, *on, all);
  }
  const auto joined = std::count_if(all.begin(), all.end(), [](const membership_change& each) {
    return each.event == membership_event::joined;
  });
  report(all);
  return static_cast<std::size_t>(joined);
}

void membership_keeper::leave(const group_and_source& what) {
  const group_and_source plain{without_scope(what.group).first, what.source};
  std::erase_if(requests_, [&](const request& each) { return each.what == plain; });
  changes all;
  leave_unwanted({}, all);
  if (!stopped_) {
    join_missing(all); // what was refused may have room now
  }
  report(all);
}

void membership_keeper::retry() {
  if (!stopped_) {
    changes all;
    join_missing(all);
    report(all);
  }
}

void membership_keeper::leave_all() noexcept {
  for (const entry& each : entries_) {
    if (each.is_joined()) {
      leave_on(socket_.native_handle(), each.what(), each.by);
    }
  }
  entries_.clear();
}

void membership_keeper::stop() noexcept {
  stopped_ = true;
  changed.reset();
  if (owns_monitor_) {
    monitor_->stop();
  }
}

std::vector<membership> membership_keeper::memberships() const {
  std::vector<membership> all;
  for (const entry& each : entries_) {
    all.push_back(each.of);
  }
  return all;
}

// The handler can call everything, and destroy the group_membership.
void membership_keeper::report(const changes& all) const {
  for (const membership_change& each : all) {
    if (const auto call = changed) {
      (*call)(each);
    }
  }
}

} // namespace ancillary::detail
