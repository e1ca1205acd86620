// What set-up tells receive_options::log.
#pragma once

#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/receive_options.hpp>
#include <ancillary/recvmsg/slot_pool.hpp>

#include <asio/ip/udp.hpp>

namespace ancillary::detail {

// Each does nothing without a sink.
void log_metadata(const receive_options& options, const metadata_report& report);
void log_receive_buffer(const receive_options& options, const asio::ip::udp::socket& socket);
void log_pool(const receive_options& options, const slot_pool& pool);

} // namespace ancillary::detail
