// This system's own driver with a system call that only reports full batches.
#pragma once

#include "platform/driver.hpp"

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <memory>
#include <span>

namespace ancillary_bench {

// Every slot gets `payload_bytes`, whose contents are not written, and a copy of `control`. Arming
// does nothing: the user calls on_wake(). One at a time in a program.
[[nodiscard]] std::unique_ptr<ancillary::detail::driver>
make_idle_driver(asio::ip::udp::socket& socket, std::size_t payload_bytes,
                 std::span<const std::byte> control);

} // namespace ancillary_bench
