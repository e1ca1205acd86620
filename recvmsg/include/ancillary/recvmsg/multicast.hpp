// Groups: joining and leaving on an interface, and telling this socket's groups from others'.
#pragma once

#include <ancillary/decoders/ip_address.hpp>
#include <ancillary/decoders/metadata_view.hpp>
#include <ancillary/recvmsg/socket_options.hpp>

#include <asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <system_error>
#include <vector>

namespace ancillary {

// Joins a group on an interface, IPv4 or IPv6, from every source:
//
//   join_group(socket, asio::ip::make_address("239.1.2.3"), "eth0");
//
// The interface is given by name, index or, for an IPv4 group, address; without one the system
// takes its default. Throws std::out_of_range if `group` is no multicast address, else
// std::system_error with a message that names the option. The form with `ec` does not throw;
// invalid_argument stands for the first.
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

// Leaves a group; name the interface that it was joined on.
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

// Source-specific: only what `source` sends to the group. Call it again for further sources.
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

// Keeps out datagrams of groups that only another socket joined. A membership belongs to the host:
// a socket bound to the wildcard address gets whatever any socket of the host has joined and is
// sent to its port. The destination address tells them apart, so require field::destination.
//
// Not safe to change while another thread asks.
class multicast_filter {
public:
  // Lets in `group`, on one interface (its index) or, with 0, on any. Twice is once.
  void insert(const ip_address& group, std::uint32_t interface_index = 0);
  void insert(const asio::ip::address& group, std::uint32_t interface_index = 0);
  void erase(const ip_address& group, std::uint32_t interface_index = 0) noexcept;
  void erase(const asio::ip::address& group, std::uint32_t interface_index = 0) noexcept;

  // Whether a datagram to `destination` is for this socket: it is no multicast, or a group that was
  // inserted, on an interface that fits. An interface that is not reported fits.
  [[nodiscard]] bool accepts(const ip_address& destination,
                             std::optional<std::uint32_t> interface_index = {}) const noexcept;

  // By what the datagram's metadata says. One without a destination is accepted.
  [[nodiscard]] bool accepts(const metadata_view& metadata) const noexcept;

private:
  struct membership {
    ip_address group;
    std::uint32_t interface_index; // 0: any
    friend bool operator==(const membership&, const membership&) noexcept = default;
  };

  std::vector<membership> memberships_; // few, so looked through in order
};

} // namespace ancillary
