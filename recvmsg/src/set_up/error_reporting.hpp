// Asks the system to report for which datagram an error is.
#pragma once

#include "common/native_socket.hpp"
#include <ancillary/recvmsg/metadata_request.hpp>

namespace ancillary::detail {

[[nodiscard]] error_detail_grant request_error_detail(native_socket socket) noexcept;

} // namespace ancillary::detail
