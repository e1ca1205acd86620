// Converts between the decoders' addresses and Asio's.
#pragma once

#include <ancillary/decoders/fields.hpp>

#include <asio/ip/address.hpp>
#include <asio/ip/udp.hpp>

namespace ancillary {

// An IPv6 result has scope id 0: control messages carry the interface index separately from the
// address.
[[nodiscard]] asio::ip::address to_asio(const ip_address& address) noexcept;
[[nodiscard]] asio::ip::udp::endpoint to_asio(const socket_address& address) noexcept;

// The scope id of an IPv6 address is dropped.
[[nodiscard]] ip_address from_asio(const asio::ip::address& address) noexcept;

} // namespace ancillary
