// Opens a socket, requests metadata, and reports clearly why either failed.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/receive_options.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/ip/udp.hpp>
#include <string>
#include <system_error>

namespace ancillary::detail {

// Applies the options to an open socket before it is bound.
ANCILLARY_API void prepare_socket(asio::ip::udp::socket& socket,
                                  const asio::ip::udp::endpoint& endpoint,
                                  const receive_options& options, std::error_code& error);

// receive_options::receive_buffer_bytes, of any open socket.
ANCILLARY_API void set_receive_buffer(asio::ip::udp::socket& socket, const receive_options& options,
                                      std::error_code& error);

// Opens and binds a socket with these options.
[[nodiscard]] ANCILLARY_API asio::ip::udp::socket
open_socket(const asio::any_io_executor& executor, const asio::ip::udp::endpoint& endpoint,
            const receive_options& options, std::error_code& error);

// The request of the options, with coalesced buffers limited to the size of a slot.
[[nodiscard]] ANCILLARY_API metadata_request
coalescing_limited(const receive_options& options) noexcept;

// Requests the metadata and, if asked, the error details of a receiver's socket.
[[nodiscard]] ANCILLARY_API metadata_report
request_all(asio::ip::udp::socket::native_handle_type socket, const receive_options& options,
            std::error_code& error);

// What is left of the options after the system's answers, for the platform's drivers.
[[nodiscard]] ANCILLARY_API receive_options granted_options(const receive_options& options,
                                                            const metadata_report& report);

// Throws for a failed set-up. The message begins with `where` and names the metadata field if it
// was the reason.
[[noreturn]] ANCILLARY_API void throw_set_up_error(const std::error_code& error,
                                                   const metadata_report& report,
                                                   const std::string& where = {});

} // namespace ancillary::detail
