#include "socket.hpp"

#include "names.hpp"
#include <ancillary/decoders/native_layout.hpp>
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/interface.hpp>
#include <ancillary/recvmsg/socket_options.hpp>

#include <string>

namespace tool {
namespace {

namespace options = ancillary::options;

void refuse_if(const std::error_code& error, const std::string& what) {
  if (error) {
    throw set_up_error("cannot " + what + ": " + ancillary::describe(error));
  }
}

asio::ip::udp::endpoint local_endpoint_of(const command_line& arguments) {
  const bool v6 = arguments.remote.address().is_v6();
  const asio::ip::udp::endpoint any(v6 ? asio::ip::udp::v6() : asio::ip::udp::v4(), 0);
  if (!arguments.source || arguments.source->count != 1) {
    return any; // a prefix has an address for each datagram
  }
  asio::ip::udp::endpoint local = arguments.source->first;
  if (local.address().is_v6() != v6) {
    throw set_up_error("cannot send from " + local.address().to_string() + " to " +
                       to_text(arguments.remote) +
                       ": use a source of the remote's family, IPv4 or IPv6");
  }
  if (v6 && local.address().to_v6().is_link_local() && local.address().to_v6().scope_id() == 0) {
    asio::ip::address_v6 scoped = local.address().to_v6();
    scoped.scope_id(interface_of(arguments) != 0 ? interface_of(arguments)
                                                 : arguments.remote.address().to_v6().scope_id());
    local.address(scoped);
  }
  return local;
}

// As options of the socket besides the messages of the datagrams, because some systems ignore
// those, such as Wine.
void set_header(asio::ip::udp::socket& socket, const command_line& arguments) {
  const bool to_group = arguments.remote.address().is_multicast();
  std::error_code error;
  if (arguments.hop_limit) {
    const int hops = *arguments.hop_limit;
    if (to_group) {
      ancillary::set_option(socket, options::multicast_hops(hops), error);
    } else {
      ancillary::set_option(socket, options::hop_limit(hops), error);
    }
    refuse_if(error, "set TTL " + std::to_string(hops));
  }
  if (to_group && !arguments.interface_text.empty()) {
    ancillary::set_option(socket, options::multicast_interface(interface_of(arguments)), error);
    refuse_if(error, "send to groups by " + arguments.interface_text);
  }
  if (ancillary::is_windows(ancillary::layouts::native::id) && (arguments.dscp || arguments.ecn)) {
    const int octet = arguments.dscp.value_or(0) << 2 |
                      static_cast<int>(arguments.ecn.value_or(ancillary::ecn_codepoint::not_ect));
    ancillary::set_option(socket, options::type_of_service(octet), error);
    error.clear(); // Windows has no use for it
  }
}

} // namespace

std::uint32_t interface_of(const command_line& arguments) {
  if (arguments.interface_text.empty()) {
    return 0;
  }
  const auto index = ancillary::interface_index(arguments.interface_text);
  if (!index) {
    throw set_up_error("no interface '" + arguments.interface_text +
                       "' on this host; use its name or index");
  }
  return *index;
}

asio::ip::udp::socket open_socket(asio::io_context& io, const command_line& arguments) {
  const auto local = local_endpoint_of(arguments);
  std::error_code error;
  asio::ip::udp::socket socket(io);
  socket.open(local.protocol(), error);
  refuse_if(error, "open a socket");
  if (arguments.broadcast) {
    socket.set_option(asio::socket_base::broadcast(true), error);
    refuse_if(error, "allow broadcast");
  }
  set_header(socket, arguments);
  socket.bind(local, error);
  if (error) {
    throw set_up_error("cannot send from " + to_text(local) + ": " + ancillary::describe(error) +
                       "; is it an address of this host, and the port free?");
  }
  return socket;
}

} // namespace tool
