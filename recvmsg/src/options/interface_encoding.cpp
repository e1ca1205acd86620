#include "options/interface_bytes.hpp"
#include <ancillary/decoders/detail/bytes.hpp>
#include <ancillary/recvmsg/interface.hpp>
#include <ancillary/recvmsg/options/encoding.hpp>

#include <asio/ip/address_v4.hpp>

namespace ancillary::options {
namespace {

// Linux's ip_mreqn: group (unused here), address, index.
constexpr std::size_t mreqn_address_offset = 4;
constexpr std::size_t mreqn_index_offset = 8;
constexpr std::size_t mreqn_bytes = 12;

std::uint32_t load_network(std::span<const std::byte> bytes) noexcept {
  return std::uint32_t{ancillary::detail::load_network_16(bytes.data())} << 16 |
         ancillary::detail::load_network_16(bytes.data() + 2);
}

// Windows expects an IPv4 unicast index in network byte order but an IPv6 index in host byte order;
// Linux expects network byte order for both.
bool index_in_network_order(layout_id system, option_id option, ip_family family) noexcept {
  return option == option_id::unicast_if && (family == ip_family::v4 || !is_windows(system));
}

} // namespace

interface_selector::interface_selector(const asio::ip::address_v4& address) noexcept
    : kind_(kind::address), value_(address.to_uint()) {
  if (value_ == 0) {
    kind_ = kind::unspecified;
  } else if (value_ <= detail::max_windows_index) {
    kind_ = kind::index;
  }
}

asio::ip::address_v4 interface_selector::address() const noexcept {
  return asio::ip::address_v4(is_address() ? value_ : 0);
}

interface_selector interface_selector::find(std::string_view name) {
  if (const auto index = interface_index(name)) {
    return {*index};
  }
  std::error_code error;
  const auto address = asio::ip::make_address_v4(std::string(name), error);
  if (!error) {
    return {address};
  }
  interface_selector unknown;
  unknown.kind_ = kind::unknown;
  return unknown;
}

scalar_bytes encode_interface(layout_id system, option_id option, ip_family family,
                              const interface_selector& value) noexcept {
  if (value.is_unknown()) {
    return scalar_bytes::refused(encode_refusal::no_such_interface);
  }
  const bool in_list = option == option_id::add_iflist || option == option_id::del_iflist;
  const bool by_index_only = family == ip_family::v6 || option == option_id::unicast_if || in_list;
  if (by_index_only && value.is_address()) {
    return scalar_bytes::refused(encode_refusal::index_needed);
  }
  if (in_list && !value.is_index()) {
    return scalar_bytes::refused(encode_refusal::index_needed);
  }
  if (is_windows(system) && family == ip_family::v4 && !in_list) {
    return detail::windows_interface(value);
  }
  if (!by_index_only) {
    scalar_bytes bytes;
    bytes.size = mreqn_bytes;
    detail::store_network(bytes.storage.data() + mreqn_address_offset, value.address().to_uint());
    ancillary::detail::store_little(bytes.storage.data() + mreqn_index_offset, value.index());
    return bytes;
  }
  scalar_bytes bytes = encode_number(value.index());
  if (index_in_network_order(system, option, family)) {
    detail::store_network(bytes.storage.data(), value.index());
  }
  return bytes;
}

std::optional<interface_selector> decode_interface(layout_id system, option_id option,
                                                   ip_family family,
                                                   std::span<const std::byte> bytes) noexcept {
  const auto number = decode_number(bytes);
  if (!number || bytes.size() != 4) {
    return std::nullopt;
  }
  if (is_windows(system)) {
    // An index here is in host byte order and has 24 bits: a larger number is an interface's
    // address, which older stacks return.
    return family == ip_family::v4 && *number > detail::max_windows_index
               ? interface_selector(asio::ip::address_v4(load_network(bytes)))
               : interface_selector(*number);
  }
  if (option == option_id::multicast_if && family == ip_family::v4) {
    return interface_selector(asio::ip::address_v4(load_network(bytes)));
  }
  return interface_selector(index_in_network_order(system, option, family) ? load_network(bytes)
                                                                           : *number);
}

} // namespace ancillary::options
