// Converts between the decoders' addresses and Asio's.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/decoders/fields.hpp>

#include <asio/ip/address.hpp>
#include <asio/ip/udp.hpp>

namespace ancillary {

// An IPv6 result has scope id 0: control messages carry the interface index separately from the
// address.
[[nodiscard]] ANCILLARY_API asio::ip::address to_asio(const ip_address& address) noexcept;
[[nodiscard]] ANCILLARY_API asio::ip::udp::endpoint to_asio(const socket_address& address) noexcept;

// The scope id of an IPv6 address is dropped.
[[nodiscard]] ANCILLARY_API ip_address from_asio(const asio::ip::address& address) noexcept;

// The IPv4 endpoint of a v4-mapped one (an IPv4 peer on a dual-stack socket), else the same, with
// its scope id. metadata_view reports destinations in this form, so both ends of a path are then of
// one family.
[[nodiscard]] ANCILLARY_API asio::ip::udp::endpoint
unmapped(const asio::ip::udp::endpoint& endpoint) noexcept;

} // namespace ancillary
