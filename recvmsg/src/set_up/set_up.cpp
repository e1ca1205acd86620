#include "set_up/error_reporting.hpp"
#include "set_up/exclusive_port.hpp"
#include "set_up/set_up_log.hpp"
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/detail/set_up.hpp>
#include <ancillary/recvmsg/slot_pool.hpp>

#include <algorithm>
#include <asio/ip/v6_only.hpp>
#include <system_error>

namespace ancillary::detail {

void prepare_socket(asio::ip::udp::socket& socket, const asio::ip::udp::endpoint& endpoint,
                    const receive_options& options, std::error_code& error) {
  error.clear();
  if (endpoint.protocol() == asio::ip::udp::v6()) {
    // Set explicitly in both cases: the default is on in Windows and configurable in Linux.
    socket.set_option(asio::ip::v6_only(!options.dual_stack), error);
    if (!error && options.dual_stack) {
      error = keep_port_exclusive(socket.native_handle());
    }
  }
  if (!error) {
    set_receive_buffer(socket, options, error);
  }
}

void set_receive_buffer(asio::ip::udp::socket& socket, const receive_options& options,
                        std::error_code& error) {
  error.clear();
  if (options.receive_buffer_bytes > 0) {
    socket.set_option(asio::socket_base::receive_buffer_size(options.receive_buffer_bytes), error);
    log_receive_buffer(options, socket);
  }
}

asio::ip::udp::socket open_socket(const asio::any_io_executor& executor,
                                  const asio::ip::udp::endpoint& endpoint,
                                  const receive_options& options, std::error_code& error) {
  asio::ip::udp::socket socket(executor);
  socket.open(endpoint.protocol(), error);
  if (!error) {
    prepare_socket(socket, endpoint, options, error);
  }
  if (!error) {
    // Linux records the interface of a datagram on arrival, so the options are enabled before the
    // bind. Refusals are reported when the loop is set up, which enables them again.
    std::error_code ignored;
    request_metadata(socket, coalescing_limited(options), ignored);
    socket.bind(endpoint, error);
  }
  return socket;
}

metadata_request coalescing_limited(const receive_options& options) noexcept {
  metadata_request request = options.metadata;
  const std::size_t capacity =
      options.pool ? options.pool->payload_capacity() : options.payload_capacity;
  if (capacity != 0) {
    request.max_coalesced_bytes(
        std::min(request.max_coalesced_bytes(), static_cast<std::uint32_t>(capacity)));
  }
  return request;
}

metadata_report request_all(native_socket socket, const receive_options& options,
                            std::error_code& error) {
  metadata_report report = request_metadata(socket, coalescing_limited(options), error);
  if (options.error_detail) {
    report.add(request_error_detail(socket));
  }
  log_metadata(options, report);
  return report;
}

receive_options granted_options(const receive_options& options, const metadata_report& report) {
  receive_options granted = options;
  granted.icmp_errors = options.icmp_errors || options.error_detail;
  granted.error_detail = report.error_detail().granted;
  return granted;
}

void throw_set_up_error(const std::error_code& error, const metadata_report& report,
                        const std::string& where) {
  if (const metadata_grant* const missing = report.first_missing()) {
    throw described_error(error, where + "required metadata " + to_string(*missing));
  }
  throw described_error(error, where + "receiver set-up");
}

} // namespace ancillary::detail
