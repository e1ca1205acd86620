#include "join.hpp"

#include "say.hpp"
#include "set_up_error.hpp"
#include <ancillary/decoders/layout.hpp>
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/endpoint.hpp>
#include <ancillary/recvmsg/interface_choice.hpp>

#include <algorithm>
#include <exception>
#include <optional>

namespace tool {
namespace {

using ancillary::group_membership;
using ancillary::membership_event;

std::string text_of(const group_join& what) {
  const std::string group = ancillary::to_string(ancillary::from_asio(what.group));
  return group + (what.interface_text.empty() ? "" : " on " + what.interface_text) +
         (what.source ? " from " + what.source->to_string() : "");
}

// Why a socket on this address receives nothing that is sent to the group; empty if it does.
std::string obstacle(const asio::ip::udp::endpoint& listen, const asio::ip::address& group) {
  const asio::ip::address& address = listen.address();
  const std::string port = std::to_string(listen.port());
  if (group.is_v6() && address.is_v4()) {
    return "an IPv4 socket receives no IPv6 groups; listen on [::]:" + port;
  }
  if (address.is_unspecified()) {
    return {};
  }
  if (group.is_v4() && address.is_v6()) {
    return "a socket on an IPv6 address receives no IPv4 groups; listen on [::]:" + port;
  }
  // Windows delivers the groups of a socket whatever address it is bound to.
  const bool on_windows = ancillary::is_windows(ancillary::layouts::native::id);
  if (!on_windows && ancillary::from_asio(address) != ancillary::from_asio(group)) {
    return "a socket on " + address.to_string() + " receives only what is sent to that address; " +
           "listen on " + (group.is_v4() ? "0.0.0.0:" : "[::]:") + port;
  }
  return {};
}

ancillary::group_options options_of(const group_join& what, const group_membership& groups) {
  ancillary::group_options options;
  options.source = what.source;
  if (!what.interface_text.empty()) {
    const ancillary::interface_choice on(what.interface_text);
    if (on.in(groups.interfaces()).empty()) {
      throw set_up_error("cannot join " + text_of(what) + ": no interface '" + what.interface_text +
                         "'; use its name, its index or one of its addresses");
    }
    options.interfaces = {on};
  }
  return options;
}

// Why the socket did not become a member anywhere.
std::string note_on(const group_join& what, const ancillary::group_options& options,
                    const group_membership& groups) {
  const auto is_chosen = [&](std::uint32_t index) {
    const auto has_index = [&](const auto* each) { return each->index == index; };
    return options.interfaces.empty() ||
           std::ranges::any_of(options.interfaces.front().in(groups.interfaces()), has_index);
  };
  const auto group = ancillary::from_asio(what.group);
  const bool is_member = std::ranges::any_of(groups.memberships(), [&](const auto& each) {
    return ancillary::from_asio(each.group) == group && each.source == what.source &&
           is_chosen(each.interface_index);
  });
  if (is_member) {
    return "joined already";
  }
  return options.interfaces.empty() ? "joins when there is an interface for it"
                                    : "joins when the interface is up";
}

// Returns a note for the user if the socket did not become a member.
std::string join(const group_join& what, group_membership& groups) {
  std::optional<std::string> refusal;
  groups.on_change([&](const ancillary::membership_change& change) {
    if (change.event == membership_event::refused && !refusal) {
      refusal = change.reason;
    }
  });
  const auto options = options_of(what, groups);
  const std::size_t joined = groups.join(what.group, options);
  if (refusal && (joined == 0 || !options.interfaces.empty())) {
    throw set_up_error("cannot join " + text_of(what) + ": " + *refusal);
  }
  if (refusal) {
    return "note: " + text_of(what) + ": not on all interfaces: " + *refusal;
  }
  return joined == 0 ? "note: " + text_of(what) + ": " + note_on(what, options, groups)
                     : std::string();
}

} // namespace

std::unique_ptr<group_membership> join_groups(asio::ip::udp::socket& socket,
                                              const command_line& arguments,
                                              std::vector<std::string>& notes) {
  const asio::ip::address& listen = arguments.listen.address();
  if (arguments.joins.empty()) {
    if (listen.is_multicast()) {
      notes.push_back("note: " + listen.to_string() +
                      " is a multicast group that this run does not join; use --join " +
                      listen.to_string());
    }
    return nullptr;
  }
  std::unique_ptr<group_membership> groups;
  for (const group_join& each : arguments.joins) {
    if (const std::string why = obstacle(arguments.listen, each.group); !why.empty()) {
      throw set_up_error("cannot join " + text_of(each) + ": " + why);
    }
    try {
      groups = groups ? std::move(groups) : std::make_unique<group_membership>(socket);
      if (const std::string note = join(each, *groups); !note.empty()) {
        notes.push_back(note);
      }
    } catch (const set_up_error&) {
      throw;
    } catch (const std::exception& problem) {
      throw set_up_error("cannot join " + text_of(each) + ": " + ancillary::describe(problem));
    }
  }
  groups->on_change([](const ancillary::membership_change& change) { say(to_string(change)); });
  return groups;
}

} // namespace tool
