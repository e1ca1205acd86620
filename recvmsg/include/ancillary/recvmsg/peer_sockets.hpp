// A socket for each peer, on the port of the socket that listens. Linux.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/detail/asio_classes.hpp>
#include <ancillary/recvmsg/packet.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/ip/udp.hpp>

namespace ancillary {

// For servers that want the system to sort datagrams by peer: TURN, DTLS. The listening socket
// receives what comes from new peers; once a peer has a socket, the system gives it the peer's
// datagrams, and what is sent on it goes to the peer. Receivers on one executor share their slots:
//
//   const auto pool = ancillary::slot_pool::make({.receivers = 10'000});
//   ancillary::share_with_peers(listener.socket());
//   ...
//   // in the handler of the listener, for a new peer; keep the receiver as long as the peer:
//   auto socket = ancillary::open_peer_socket(listener.socket(), io.get_executor(), request);
//   peers.emplace_back(std::move(socket), handler, ancillary::receive_options{.pool = pool});
//   peers.back().start();
//
// While a socket is made, datagrams are on their way. None is lost, if the program passes on two
// kinds:
//  - The listener still has the peer's datagrams that came before. Its handler looks the peer up.
//  - The new socket can have datagrams of others, which came after it was bound and before it was
//    connected. Its handler compares packet::remote() with the peer, and gives what is not the
//    peer's to the listener's handler.
//
// Linux before 6.13 goes through all sockets of an address and port for each datagram. On Windows,
// two sockets cannot share a port like this.

// Lets peers' sockets have the port of this socket (SO_REUSEPORT). Call it once, after the bind:
// before, the port is refused to other programs, and afterwards only this user's can bind it.
// Throws std::system_error; operation_not_supported on Windows.
ANCILLARY_API void share_with_peers(asio::ip::udp::socket& listener);

// Opens a socket for the sender of `request`, on the port of `listener`, the socket that received
// it: bound to the address that the request was sent to, and connected. Needs field::destination,
// unless that socket is bound to one address, as another peer's is. For a request to a group or
// broadcast address, the local address is used where the system reports it (IPv4), else this fails.
// Throws std::system_error with the step that failed, for example when the process has no
// descriptor left: catch it in a handler, or it leaves io_context::run(). Call it on the listener's
// executor.
[[nodiscard]] inline asio::ip::udp::socket open_peer_socket(asio::ip::udp::socket& listener,
                                                            const asio::any_io_executor& executor,
                                                            const packet& request);

namespace detail {

[[nodiscard]] ANCILLARY_API asio::ip::udp::socket
open_peer_socket(asio::ip::udp::socket& listener, const asio::any_io_executor& executor,
                 const packet& request, asio_classes_here);

} // namespace detail

inline asio::ip::udp::socket open_peer_socket(asio::ip::udp::socket& listener,
                                              const asio::any_io_executor& executor,
                                              const packet& request) {
  return detail::open_peer_socket(listener, executor, request, {});
}

} // namespace ancillary
