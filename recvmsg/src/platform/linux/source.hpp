// The receive call, shared by the driver and the drain.
#pragma once

#include "platform/driver.hpp"
#include "platform/linux/error_queue.hpp"

namespace ancillary::detail {

// Fills the window's slots from the first with pending datagrams, without blocking.
[[nodiscard]] receive_result receive_now(native_socket socket, window& slots,
                                         error_queue& errors) noexcept;

} // namespace ancillary::detail
