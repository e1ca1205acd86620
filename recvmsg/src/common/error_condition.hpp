// The condition of an error that the error queue reports.
#pragma once

#include <ancillary/decoders/transport_error.hpp>
#include <ancillary/recvmsg/receive_error.hpp>

namespace ancillary::detail {

// By the type and code of the ICMP message, as on every system; `other` for other origins.
[[nodiscard]] receive_condition icmp_condition(const transport_error& error) noexcept;

} // namespace ancillary::detail
