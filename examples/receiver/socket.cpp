#include "socket.hpp"

#include "metadata_kinds.hpp"
#include "names.hpp"
#include <ancillary/recvmsg/describe.hpp>

#include <asio/error.hpp>
#include <asio/ip/v6_only.hpp>

namespace tool {
namespace {

std::string hint_for(const std::error_code& error, const asio::ip::address& address) {
  if (error == asio::error::address_in_use) {
    return "; another program uses this port: choose another port, 0 for any free port, or --reuse "
           "if that program shares it";
  }
  if (error == asio::error::access_denied) {
    return "; ports below 1024 may require privileges, and some ports are reserved: choose another";
  }
  if (address.is_v6() && address.to_v6().is_link_local() && address.to_v6().scope_id() == 0) {
    return "; a link-local address needs its interface, such as [" + address.to_string() +
           "%eth0]:9000";
  }
  if (!address.is_unspecified()) {
    return "; is it an address of this host? 0.0.0.0 and [::] listen on all addresses";
  }
  return {};
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

ancillary::receive_options options_of(const command_line& arguments) {
  const auto& address = arguments.listen.address();
  ancillary::receive_options options;
  options.metadata = request_of(arguments);
  options.batch = arguments.batch;
  options.payload_capacity = arguments.payload_capacity;
  options.receive_buffer_bytes = arguments.receive_buffer_bytes;
  options.dual_stack = address.is_v6() && address.is_unspecified();
  return options;
}

asio::ip::udp::socket open_shared(asio::io_context& io, const command_line& arguments,
                                  std::error_code& error) {
  asio::ip::udp::socket socket(io);
  socket.open(arguments.listen.protocol(), error);
  const auto set = [&](const auto& option) {
    if (!error) {
      socket.set_option(option, error);
    }
  };
  set(asio::socket_base::reuse_address(true));
  if (arguments.listen.address().is_v6()) {
    set(asio::ip::v6_only(!options_of(arguments).dual_stack));
  }
  if (!error) {
    socket.bind(arguments.listen, error);
  }
  if (error && socket.is_open()) {
    std::error_code ignored;
    socket.close(ignored);
  }
  return socket;
}

std::string reason_of(const std::error_code& error, const ancillary::metadata_report& report,
                      const command_line& arguments) {
  if (const std::string missing = describe_missing(report); !missing.empty()) {
    return "cannot enable required metadata: " + missing;
  }
  return "cannot listen on " + to_text(arguments.listen) + ": " + ancillary::describe(error) +
         hint_for(error, arguments.listen.address());
}

} // namespace tool
