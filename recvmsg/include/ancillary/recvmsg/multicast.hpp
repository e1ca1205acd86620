// Multicast groups: joining, leaving, and filtering out groups that other sockets joined.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/decoders/ip_address.hpp>
#include <ancillary/decoders/metadata_view.hpp>
#include <ancillary/recvmsg/socket_options.hpp>

#include <asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <system_error>
#include <vector>

namespace ancillary {

// Joins an IPv4 or IPv6 group on an interface, for all sources:
//
//   join_group(socket, asio::ip::make_address("239.1.2.3"), "eth0");
//
// `selector` is the interface's name, index or, for an IPv4 group, address; without one the system
// uses its default. Throws std::out_of_range if `group` is not a multicast address, else
// std::system_error with a message that names the option. The overload with `ec` does not throw and
// reports the former as invalid_argument.
template <class Socket>
void join_group(Socket& socket, const asio::ip::address& group,
                const options::interface_selector& selector = {}) {
  ancillary::set_option(socket, options::join_group(group, selector));
}
template <class Socket>
void join_group(Socket& socket, const asio::ip::address& group,
                const options::interface_selector& selector, std::error_code& ec) {
  detail::report_refusal(
      [&] { ancillary::set_option(socket, options::join_group(group, selector), ec); }, ec);
}

// Leaves a group on the interface on which it was joined.
template <class Socket>
void leave_group(Socket& socket, const asio::ip::address& group,
                 const options::interface_selector& selector = {}) {
  ancillary::set_option(socket, options::leave_group(group, selector));
}
template <class Socket>
void leave_group(Socket& socket, const asio::ip::address& group,
                 const options::interface_selector& selector, std::error_code& ec) {
  detail::report_refusal(
      [&] { ancillary::set_option(socket, options::leave_group(group, selector), ec); }, ec);
}

// Joins a group for one source only (source-specific multicast). Call it again for further sources.
template <class Socket>
void join_source_group(Socket& socket, const asio::ip::address& group,
                       const asio::ip::address& source,
                       const options::interface_selector& selector = {}) {
  ancillary::set_option(socket, options::join_source_group(group, source, selector));
}
template <class Socket>
void join_source_group(Socket& socket, const asio::ip::address& group,
                       const asio::ip::address& source, const options::interface_selector& selector,
                       std::error_code& ec) {
  detail::report_refusal(
      [&] {
        ancillary::set_option(socket, options::join_source_group(group, source, selector), ec);
      },
      ec);
}

// Leaves a group for one source, on the interface on which it was joined.
template <class Socket>
void leave_source_group(Socket& socket, const asio::ip::address& group,
                        const asio::ip::address& source,
                        const options::interface_selector& selector = {}) {
  ancillary::set_option(socket, options::leave_source_group(group, source, selector));
}
template <class Socket>
void leave_source_group(Socket& socket, const asio::ip::address& group,
                        const asio::ip::address& source,
                        const options::interface_selector& selector, std::error_code& ec) {
  detail::report_refusal(
      [&] {
        ancillary::set_option(socket, options::leave_source_group(group, source, selector), ec);
      },
      ec);
}

// Rejects datagrams of groups that only other sockets joined. A membership belongs to the host: a
// socket bound to the wildcard address receives every datagram for its port to a group that any
// socket of the host has joined. The destination address tells them apart, so require
// field::destination.
//
// Concurrent calls of accepts() are safe, but not while another thread changes the filter.
class ANCILLARY_API multicast_filter {
public:
  // Accepts `group` on one interface (its index) or, with 0, on any. Inserting again has no effect.
  void insert(const ip_address& group, std::uint32_t interface_index = 0);
  void insert(const asio::ip::address& group, std::uint32_t interface_index = 0);
  // No longer accepts what was inserted with the same arguments.
  void erase(const ip_address& group, std::uint32_t interface_index = 0) noexcept;
  void erase(const asio::ip::address& group, std::uint32_t interface_index = 0) noexcept;

  // Whether a datagram to `destination` is for this socket: it is not multicast, or the group was
  // inserted for this interface. An unreported interface matches any.
  [[nodiscard]] bool accepts(const ip_address& destination,
                             std::optional<std::uint32_t> interface_index = {}) const noexcept;

  // The same for a datagram's metadata. Accepts a datagram without a destination.
  [[nodiscard]] bool accepts(const metadata_view& metadata) const noexcept;

private:
  struct membership {
    ip_address group;
    std::uint32_t interface_index; // 0: any
    friend bool operator==(const membership&, const membership&) noexcept = default;
  };

  std::vector<membership> memberships_; // few, so searched linearly
};

} // namespace ancillary
