#pragma once

#include <asio/ip/udp.hpp>

namespace ancillary::detail {

using native_socket = asio::ip::udp::socket::native_handle_type;

} // namespace ancillary::detail
