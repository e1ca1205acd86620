#include "join.hpp"

#include "names.hpp"
#include "set_up_error.hpp"
#include <ancillary/decoders/native_layout.hpp>
#include <ancillary/recvmsg/endpoint.hpp>
#include <ancillary/recvmsg/multicast.hpp>

#include <algorithm>
#include <asio/error.hpp>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace tool {
namespace {

using ancillary::options::interface_selector;

struct member {
  asio::ip::address group;
  interface_selector interface;
  std::optional<asio::ip::address> source;

  friend bool operator==(const member&, const member&) = default;
};

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

interface_selector interface_of(const group_join& what) {
  if (what.interface_text.empty()) {
    return {};
  }
  interface_selector interface(what.interface_text);
  if (interface.is_unknown()) {
    throw set_up_error("cannot join " + text_of(what) + ": no interface '" + what.interface_text +
                       "'; use its name, its index or, for an IPv4 group, its address");
  }
  return interface;
}

// Linux answers EADDRINUSE. For Windows, Microsoft documents WSAEADDRNOTAVAIL, which also means
// that there is no such interface.
bool says_joined_already(const std::error_code& code, const interface_selector& interface) {
  constexpr int wsaeaddrnotavail = 10049;
  return code == asio::error::address_in_use ||
         (ancillary::is_windows(ancillary::layouts::native::id) &&
          code == std::error_code(wsaeaddrnotavail, asio::error::get_system_category()) &&
          (interface.is_unspecified() || !interface_names().of(interface.index()).empty()));
}

// False if an earlier join, which named the same interface in another way, did it.
bool join(asio::ip::udp::socket& socket, const group_join& what, const member& next,
          bool has_joined_group) {
  try {
    if (next.source) {
      ancillary::join_source_group(socket, next.group, *next.source, next.interface);
    } else {
      ancillary::join_group(socket, next.group, next.interface);
    }
    return true;
  } catch (const std::system_error& refused) {
    if (has_joined_group && says_joined_already(refused.code(), next.interface)) {
      return false;
    }
    throw set_up_error("cannot join " + text_of(what) + ": " + refused.what());
  } catch (const std::out_of_range& refused) {
    throw set_up_error("cannot join " + text_of(what) + ": " + refused.what());
  }
}

} // namespace

std::vector<std::string> join_groups(asio::ip::udp::socket& socket, const command_line& arguments) {
  std::vector<std::string> notes;
  std::vector<member> joined;
  for (const group_join& each : arguments.joins) {
    if (const std::string why = obstacle(arguments.listen, each.group); !why.empty()) {
      throw set_up_error("cannot join " + text_of(each) + ": " + why);
    }
    const member next{each.group, interface_of(each), each.source};
    const bool of_a_joined_group = std::ranges::any_of(joined, [&](const member& other) {
      return other.group == next.group && other.source == next.source;
    });
    const bool is_repeated = std::ranges::find(joined, next) != joined.end();
    if (is_repeated || !join(socket, each, next, of_a_joined_group)) {
      notes.push_back("note: " + text_of(each) + ": joined already");
    } else {
      joined.push_back(next);
    }
  }
  const asio::ip::address& listen = arguments.listen.address();
  if (listen.is_multicast() && joined.empty()) {
    notes.push_back("note: " + listen.to_string() +
                    " is a multicast group that this run does not join; use --join " +
                    listen.to_string());
  }
  return notes;
}

} // namespace tool
