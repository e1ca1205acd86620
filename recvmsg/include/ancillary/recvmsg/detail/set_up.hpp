// Opening a socket, asking for metadata, and saying clearly why it failed.
#pragma once

#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/receive_options.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/ip/udp.hpp>
#include <string>
#include <system_error>

namespace ancillary::detail {

// Sets, before an open socket is bound, what the options say.
void prepare_socket(asio::ip::udp::socket& socket, const asio::ip::udp::endpoint& endpoint,
                    const receive_options& options, std::error_code& error);

// Opens and binds a socket as the options say.
[[nodiscard]] asio::ip::udp::socket open_socket(const asio::any_io_executor& executor,
                                                const asio::ip::udp::endpoint& endpoint,
                                                const receive_options& options,
                                                std::error_code& error);

// The request of the options; coalesced buffers are not to be larger than a slot.
[[nodiscard]] metadata_request coalescing_limited(const receive_options& options) noexcept;

// Throws for a failed set-up, naming the metadata field where one was the reason; `where` stands
// before that.
[[noreturn]] void throw_set_up_error(const std::error_code& error, const metadata_report& report,
                                     const std::string& where = {});

} // namespace ancillary::detail
