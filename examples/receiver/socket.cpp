#include "socket.hpp"

#include "join.hpp"
#include "metadata_kinds.hpp"
#include "names.hpp"
#include "session.hpp"
#include <ancillary/recvmsg/describe.hpp>

#include <asio/error.hpp>
#include <asio/ip/v6_only.hpp>

namespace tool {
namespace {

std::string bind_hint(const std::error_code& error, const asio::ip::udp::endpoint& endpoint) {
  if (error == asio::error::address_in_use) {
    return "; another program listens there: choose another port, or 0 for any free one";
  }
  if (error == asio::error::access_denied) {
    return "; a port below 1024 may need privileges, and some are reserved: choose another";
  }
  if (!endpoint.address().is_unspecified()) {
    return "; is it an address of this machine? 0.0.0.0 and [::] listen on all of them";
  }
  return {};
}

[[noreturn]] void fail(const std::string& what, const std::error_code& error) {
  throw set_up_error(what + ": " + ancillary::describe(error));
}

// Every failure but that of a required kind is left to the receiver, which asks again.
void switch_on_metadata(asio::ip::udp::socket& socket, const command_line& arguments) {
  std::error_code error;
  const auto report = ancillary::request_metadata(socket, request_of(arguments), error);
  if (const std::string missing = describe_missing(report); !missing.empty()) {
    throw set_up_error("required metadata is not to be had: " + missing);
  }
}

} // namespace

ancillary::metadata_request request_of(const command_line& arguments) {
  auto wanted = arguments.wanted;
  // Linux coalesces up to 65,535 bytes and refuses to where that does not fit into a slot. Who
  // names coalescing alone, and not among all, is to be told.
  constexpr std::size_t coalesced_buffer_bytes = 65535;
  if (wanted == all_kinds() && arguments.payload_capacity < coalesced_buffer_bytes) {
    wanted.erase(ancillary::field::segment_bytes);
  }
  // For the summary: what the kernel dropped while the output was slow.
  wanted.insert(ancillary::field::dropped_total);
  return ancillary::metadata_request{}
      .want(wanted)
      .require(arguments.required)
      .max_coalesced_bytes(static_cast<std::uint32_t>(arguments.payload_capacity));
}

asio::ip::udp::socket open_socket(asio::io_context& io, const command_line& arguments) {
  const auto& endpoint = arguments.listen;
  std::error_code error;
  asio::ip::udp::socket socket(io);
  socket.open(endpoint.protocol(), error);
  if (error) {
    fail("cannot open a socket for " + to_text(endpoint), error);
  }
  if (endpoint.address().is_v6()) {
    socket.set_option(asio::ip::v6_only(!endpoint.address().is_unspecified()), error);
    if (error) {
      fail("cannot choose whether " + to_text(endpoint) + " takes IPv4", error);
    }
  }
  if (arguments.receive_buffer_bytes > 0) {
    socket.set_option(asio::socket_base::receive_buffer_size(arguments.receive_buffer_bytes),
                      error);
    if (error) {
      fail("cannot set a receive buffer of " + std::to_string(arguments.receive_buffer_bytes) +
               " bytes",
           error);
    }
  }
  switch_on_metadata(socket, arguments);
  socket.bind(endpoint, error);
  if (error) {
    throw set_up_error("cannot listen on " + to_text(endpoint) + ": " + ancillary::describe(error) +
                       bind_hint(error, endpoint));
  }
  for (const group_join& each : arguments.joins) {
    join(socket, each);
  }
  return socket;
}

} // namespace tool
