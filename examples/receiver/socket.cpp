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
    return "; another program uses this port: choose another port, or 0 for any free port";
  }
  if (error == asio::error::access_denied) {
    return "; ports below 1024 may require privileges, and some ports are reserved: choose another";
  }
  if (!endpoint.address().is_unspecified()) {
    return "; is it an address of this host? 0.0.0.0 and [::] listen on all addresses";
  }
  return {};
}

[[noreturn]] void fail(const std::string& what, const std::error_code& error) {
  throw set_up_error(what + ": " + ancillary::describe(error));
}

// Reports only missing required kinds; the receiver requests again and reports everything else.
void switch_on_metadata(asio::ip::udp::socket& socket, const command_line& arguments) {
  std::error_code error;
  const auto report = ancillary::request_metadata(socket, request_of(arguments), error);
  if (const std::string missing = describe_missing(report); !missing.empty()) {
    throw set_up_error("cannot enable required metadata: " + missing);
  }
}

} // namespace

ancillary::metadata_request request_of(const command_line& arguments) {
  auto wanted = arguments.wanted;
  // Linux coalesces up to 65,535 bytes, so coalescing is refused if a slot is smaller. Requests it
  // then only if it was named explicitly, so that the refusal is reported.
  constexpr std::size_t coalesced_buffer_bytes = 65535;
  if (wanted == all_kinds() && arguments.payload_capacity < coalesced_buffer_bytes) {
    wanted.erase(ancillary::field::segment_bytes);
  }
  // For the summary: the kernel's drops while the output was slow.
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
      fail("cannot set IPV6_V6ONLY for " + to_text(endpoint), error);
    }
  }
  if (arguments.receive_buffer_bytes > 0) {
    socket.set_option(asio::socket_base::receive_buffer_size(arguments.receive_buffer_bytes),
                      error);
    if (error) {
      fail("cannot set the receive buffer to " + std::to_string(arguments.receive_buffer_bytes) +
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
