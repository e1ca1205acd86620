#pragma once

#include "common/native_socket.hpp"

#include <system_error>

namespace ancillary::detail {

// Enables hardware timestamps of received datagrams (SO_TIMESTAMPING). The flags that the caller
// has set remain.
[[nodiscard]] std::error_code switch_on_hardware_timestamps(native_socket socket) noexcept;

} // namespace ancillary::detail
