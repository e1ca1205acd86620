// Multicast groups that a socket stays a member of while interfaces come and go.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/detail/asio_classes.hpp>
#include <ancillary/recvmsg/interface_choice.hpp>
#include <ancillary/recvmsg/network_interface.hpp>

#include <asio/ip/address.hpp>
#include <asio/ip/udp.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace ancillary {

class network_interfaces;

namespace detail {
class membership_keeper;
}

// Where and from whom a group is received.
struct group_options {
  // On these interfaces, which need not exist yet. Empty: on all that deliver multicast, now and
  // later, except the loopback interface and the ports of a bridge, a bond or a team.
  std::vector<interface_choice> interfaces = {};
  // Only what this address sends (source-specific multicast, RFC 4607). Call join() again for
  // further sources.
  std::optional<asio::ip::address> source = {};
};

// A group on one interface.
struct membership {
  // The address of the group.
  asio::ip::address group = {};
  // The only sender; nullopt: any.
  std::optional<asio::ip::address> source = {};
  // Of the interface, as the system numbers it.
  std::uint32_t interface_index = 0;
  // Of the interface, at the last change.
  std::string interface_name = {};
  // Why the system refused to join; no error: the socket is a member.
  std::error_code error = {};
};

// What can happen to a membership.
enum class membership_event : std::uint8_t {
  joined,  // the socket is a member now
  renewed, // left and joined again, so that the network hears of it
  left,    // the interface is gone, down or no longer chosen, or leave() was called
  refused, // the system's answer to joining; tried again with the next change of the interfaces,
           // and when a group is left
};

// "joined", "renewed", "left", "refused".
[[nodiscard]] ANCILLARY_API std::string_view to_string(membership_event event) noexcept;

// What happened to a group on one interface.
struct membership_change {
  // What happened.
  membership_event event = membership_event::joined;
  // The membership after it.
  membership of = {};
  // For `refused`: the option, what would help if that is known, and the system's reason:
  // "IP_ADD_MEMBERSHIP (net.ipv4.igmp_max_memberships limits the groups of a socket): No buffer
  // space available (ENOBUFS 105)". Else empty.
  std::string reason = {};
};

// "joined 239.1.2.3 on eth0", "refused 232.1.2.3 from 192.0.2.9 on eth0: IP_ADD_SOURCE_...".
[[nodiscard]] ANCILLARY_API std::string to_string(const membership_change& change);
ANCILLARY_API std::ostream& operator<<(std::ostream& out, const membership_change& change);

// Keeps a socket joined to groups. A membership of the system ends with its interface: when a VPN,
// a docking station or a container comes back, the socket receives nothing more, although nothing
// failed. What is left of the membership counts towards the socket's limit, and hides the loss if
// the interface returns with the same index. This class follows the interfaces:
//
//   ancillary::receiver receiver(...);
//   ancillary::group_membership groups(receiver.socket());
//   groups.on_change([](const auto& change) { std::clog << change << '\n'; });
//   groups.join(asio::ip::make_address("239.1.2.3"), {.interfaces = {"eth0", "tun0"}});
//
// The socket is a member of each group on each chosen interface that is up. It joins when the
// interface appears, is switched on, gets the chosen name or the chosen address, and leaves when
// that ends. It renews a membership, because the network does not hear of it otherwise:
//  - when the interface's link comes back (the cable may be in another switch), and when an IPv4
//    interface gets its first address: what it reported before came from 0.0.0.0, which some
//    switches ignore;
//  - when the link, or the interface's IPv4 or IPv6, was interrupted and is back before the
//    interfaces were listed again. Windows tells this of a family, not of a link;
//  - when the system reported so many changes that some were lost.
// Renewing can lose a datagram that arrives in between.
//
// A limit of Linux: if an interface is deleted and another one gets its index, what this object
// leaves then is counted against the new one. If another socket joins the group there before this
// object has handled the removal, the new interface counts one member for both sockets, and leaves
// the group when the first of them does. The other socket has to join again.
//
// The memberships belong to this object. It takes over one that the socket has already: join and
// leave these groups here only.
//
// Threads: calls must not overlap with each other, with the callback, or with other calls on the
// socket. The callback and the watch run on the socket's executor, and keep it running until
// stop() or destruction. Stop or destroy it before the socket is closed, moved or destroyed.
class ANCILLARY_API group_membership {
public:
  // For an open socket, which may be bound or not. Throws std::system_error if the system cannot
  // list its interfaces or report changes. If it cannot later, this object tries again every second
  // and tells nobody; share a network_interfaces to hear of it (on_error()).
  explicit group_membership(asio::ip::udp::socket& socket)
      : group_membership(socket, nullptr, nullptr, {}) {}
  // The same, but sets `error`; then only destruction is allowed.
  group_membership(asio::ip::udp::socket& socket, std::error_code& error)
      : group_membership(socket, nullptr, &error, {}) {}

  // Uses a watch that exists, for several sockets, and follows the interfaces until that ends. Its
  // executor must be the socket's.
  group_membership(asio::ip::udp::socket& socket, const network_interfaces& interfaces)
      : group_membership(socket, &interfaces, nullptr, {}) {}

  group_membership(const group_membership&) = delete;
  group_membership& operator=(const group_membership&) = delete;

  // Stops, and leaves the groups. Allowed inside the callback.
  ~group_membership();

  // Called for each membership that was joined, renewed, left or refused; from within join(),
  // leave() and retry(), else on the executor. It may call them. A refusal is not repeated while
  // its error is the same. If it throws, the exception propagates out of that call, or out of
  // io_context::run(), and what else changed with it is never reported: memberships() tells.
  void on_change(std::function<void(const membership_change&)> handler);

  // Joins a group where it can be joined now, and elsewhere later. Joining a group again adds
  // interfaces or a further source. On one interface, a group is joined either for sources or for
  // any source: the later join is refused (address_in_use) until the earlier one is left. Returns
  // the number of interfaces on which the socket became a member within this call; 0 is no error.
  // The scope ID of an IPv6 group ("ff02::fb%eth0") is an interface index.
  //
  // Throws std::out_of_range if `group` is not a multicast address or the source is not a unicast
  // address of its family, and std::system_error for an IPv6 group on an IPv4 socket. A refusal by
  // the system is not an exception: on_change() and memberships() tell.
  std::size_t join(const asio::ip::address& group, const group_options& options = {});

  // Leaves a group on all interfaces, for one source or, without it, for any source. Nothing
  // happens if it was not joined so.
  void leave(const asio::ip::address& group,
             const std::optional<asio::ip::address>& source = std::nullopt);

  // Tries the refused memberships again, for example after the administrator raised a limit.
  void retry();

  // The memberships and refusals at this time.
  [[nodiscard]] std::vector<membership> memberships() const;

  // The interfaces as this object knows them. Valid until the next event or call.
  [[nodiscard]] const std::vector<network_interface>& interfaces() const noexcept;

  // Stops following the interfaces: the callback is no longer called, and the executor no longer
  // kept running. The socket remains a member where it is one. Calls have no effect then, except
  // leave().
  void stop() noexcept;

  // Stops, and leaves the memberships to the socket: neither leave() nor the destructor ends them.
  // For a socket that another process goes on with.
  void release() noexcept;

private:
  // A watch of its own without `interfaces`. Throws if `error` is null.
  group_membership(asio::ip::udp::socket& socket, const network_interfaces* interfaces,
                   std::error_code* error, detail::asio_classes_here);

  std::shared_ptr<detail::membership_keeper> keeper_;
};

} // namespace ancillary
