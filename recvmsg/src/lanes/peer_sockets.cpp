#include "platform/lane_sockets.hpp"
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/endpoint.hpp>
#include <ancillary/recvmsg/peer_sockets.hpp>

#include <asio/error.hpp>
#include <string>

namespace ancillary {

namespace {

void throw_if(const std::error_code& error, const std::string& step) {
  if (error) {
    throw described_error(error, "socket of a peer: " + step);
  }
}

// Where the peer sends to.
asio::ip::udp::endpoint asked_endpoint(const asio::ip::udp::endpoint& listening,
                                       const packet& request) {
  if (!listening.address().is_unspecified()) {
    return listening;
  }
  auto address = request.metadata().local_address();
  if (!address) {
    address = request.metadata().destination();
  }
  if (!address) {
    throw_if(make_error_code(asio::error::address_family_not_supported),
             "the request has no destination (require field::destination)");
  }
  if (address->is_multicast()) {
    throw_if(make_error_code(asio::error::operation_not_supported),
             "the request went to a group, which cannot answer");
  }
  asio::ip::address asked = to_asio(*address);
  if (address->is_link_local() && asked.is_v6()) {
    auto scoped = asked.to_v6();
    scoped.scope_id(request.metadata().interface_index().value_or(0));
    asked = scoped;
  }
  return {asked, listening.port()};
}

} // namespace

void share_with_peers(asio::ip::udp::socket& listener) {
  throw_if(detail::a_socket_for_each_lane() ? detail::share_port(listener.native_handle())
                                            : make_error_code(asio::error::operation_not_supported),
           "sharing the port");
}

asio::ip::udp::socket detail::open_peer_socket(asio::ip::udp::socket& listener,
                                               const asio::any_io_executor& executor,
                                               const packet& request, asio_classes_here) {
  const auto own = asked_endpoint(listener.local_endpoint(), request);
  asio::ip::udp::socket made(executor);
  std::error_code error;
  made.open(own.protocol(), error);
  throw_if(error, "opening it");
  throw_if(share_port(made.native_handle()), "sharing the port");
  made.bind(own, error);
  throw_if(error, "binding it to the listener's port (share_with_peers() was called?)");
  made.connect(unmapped(request.remote()), error);
  throw_if(error, "connecting it");
  return made;
}

} // namespace ancillary
