// This system's own driver over a system call that does nothing but report full batches.
#pragma once

#include "platform/driver.hpp"

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <memory>
#include <span>

namespace ancillary_bench {

// Every slot gets `payload_bytes`, of which nothing is written, and a copy of `control`. Arming
// does nothing either: who uses it calls on_wake(). One at a time in a program.
[[nodiscard]] std::unique_ptr<ancillary::detail::driver>
make_idle_driver(asio::ip::udp::socket& socket, std::size_t payload_bytes,
                 std::span<const std::byte> control);

} // namespace ancillary_bench
