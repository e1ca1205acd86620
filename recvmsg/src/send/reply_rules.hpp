// The rules for a socket's replies: by which interface they leave, and which remotes get none.
//
// Decision: the interface is named only where it is needed; otherwise the routes choose it, as for
// TCP. Measured on Linux 6.18 in network namespaces, for replies with a source, which reach the
// client (+) or are lost (-), in IPv4 and IPv6 alike unless noted:
//
//                                                    routes        interface named   by default
//   client on this host, another of its addresses    +             -  (IPv6: from ::1)   routes
//   client whose return path is another link         +             -  (IPv6: +)      routes
//   routing rules by source address                  +             +                 routes
//   tunnel, unnumbered links, anycast address on lo  +             +                 routes
//   the source address is on several links           - (one of them)  +             named
//   several separate links in one subnet             - (one of them)  +             named
//   the same, on one switch                          +             +                 named
//   169.254/16 on several links                      - (one of them)  +             named
//   fe80::/10                                        + (of the remote's scope)  +    named
//   request to a group or to a broadcast address     - (no source, another link)  +  named
//   interface in a VRF (not measured: kernel without) -            +                 named
//
// The 4th row has a named interface reach the client as long as it is on the way back; else the
// second row applies.
//
// Only the addresses of this host can tell the 5th case from the 1st and 2nd. Rejected: naming it
// always (silently loses the first two: the datagram counts as sent); querying the route of each
// remote (a system call per reply); naming it only for on-link remotes (loses the first).
#pragma once

#include "common/native_socket.hpp"
#include "send/host_addresses.hpp"
#include <ancillary/decoders/control_builder.hpp>
#include <ancillary/recvmsg/outgoing.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

namespace ancillary::detail {

class reply_rules {
public:
  // For datagrams that are not replies and name their own interface.
  reply_rules() noexcept = default;

  // `local`: the address to which the socket is bound. `taken_at`: when `host` was queried.
  reply_rules(std::shared_ptr<const host_addresses> host, const socket_address& local,
              std::chrono::steady_clock::time_point taken_at = {}) noexcept;

  // The outgoing interface of `from`; 0: as the routes decide.
  [[nodiscard]] std::uint32_t interface_of(const outgoing& from, ip_family family) const noexcept {
    return from.interface_index == 0 || from.by_interface == interface_use::always
               ? from.interface_index
               : needed_interface(from, family);
  }

  // For a reply: whether its remote is not a single host, or is this socket itself.
  [[nodiscard]] bool refuses(const outgoing& from) const noexcept;

  // False for a socket that was unbound.
  [[nodiscard]] bool is_bound() const noexcept { return local_.port != 0; }
  // Takes the host's addresses anew if they are more than 5 s old: they change in the life of a
  // server. Reads the clock, so once per send call. Keeps the old ones if the system gives none.
  void renew(native_socket socket) noexcept;
  void bound_to(const socket_address& local) noexcept {
    local_ = {local.address.unmapped(), local.port};
  }

private:
  [[nodiscard]] std::uint32_t needed_interface(const outgoing& from,
                                               ip_family family) const noexcept;
  [[nodiscard]] bool is_own(const ip_address& remote, const outgoing& from) const noexcept;

  std::shared_ptr<const host_addresses> host_;
  std::chrono::steady_clock::time_point taken_at_{};
  socket_address local_;
};

// Rules for an open socket. All sockets share the host's addresses, which may be 5 s old.
[[nodiscard]] reply_rules make_reply_rules(native_socket socket);

// Implemented by each platform.

// Port 0 if the socket is unbound or its address is unknown.
[[nodiscard]] socket_address local_address_of(native_socket socket) noexcept;

// Identifies a network of the host with its own interfaces (Linux: network namespace).
[[nodiscard]] std::uint64_t network_of(native_socket socket) noexcept;

// Queries the system, which takes a millisecond; nullopt on failure, or if the list is for another
// network than the socket's. Throws std::bad_alloc.
[[nodiscard]] std::optional<host_addresses> list_host_addresses(native_socket socket);

} // namespace ancillary::detail
