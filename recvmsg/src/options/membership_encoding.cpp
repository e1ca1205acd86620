#include "options/interface_bytes.hpp"
#include "options/option_numbers.hpp"

#include <algorithm>

// Layouts, as offsets from the start of the option's data:
//
//   ip_mreq (Windows)          group 0, interface 4                       8 bytes
//   ip_mreqn (Linux)           group 0, address 4, index 8               12 bytes
//   ipv6_mreq (both)           group 0, index 16                         20 bytes
//   ip_mreq_source (Windows)   group 0, source 4, interface 8            12 bytes
//   ip_mreq_source (Linux)     group 0, interface 4, source 8            12 bytes
//   group_source_req (both)    index 0, group a, source a + 128; a is the alignment of
//                              sockaddr_storage: 8, but 4 on 32-bit Linux
namespace ancillary::options {
namespace {

constexpr std::size_t sockaddr_storage_bytes = 128;
// Winsock2.h and the kernel's socket.h
constexpr std::uint16_t family_inet = 2;
constexpr std::uint16_t windows_family_inet6 = 23;
constexpr std::uint16_t linux_family_inet6 = 10;
// sockaddr_in: family 2, port 2, address 4. sockaddr_in6: family 2, port 2, flow 4, address 16.
constexpr std::size_t sockaddr_in_address_offset = 4;
constexpr std::size_t sockaddr_in6_address_offset = 8;

void store_address(std::byte* at, const asio::ip::address& address) noexcept {
  const auto copy = [at](const auto& octets) {
    std::transform(octets.begin(), octets.end(), at,
                   [](unsigned char octet) { return static_cast<std::byte>(octet); });
  };
  if (address.is_v4()) {
    copy(address.to_v4().to_bytes());
  } else {
    copy(address.to_v6().to_bytes());
  }
}

void store_sockaddr(layout_id system, std::byte* at, const asio::ip::address& address) noexcept {
  const std::uint16_t family_inet6 = is_windows(system) ? windows_family_inet6 : linux_family_inet6;
  ancillary::detail::store_little<std::uint16_t>(at, address.is_v4() ? family_inet : family_inet6);
  store_address(at + (address.is_v4() ? sockaddr_in_address_offset : sockaddr_in6_address_offset),
                address);
}

// A group such as ff02::1%2 includes its interface.
std::uint32_t ipv6_index(const asio::ip::address& group,
                         const interface_selector& selector) noexcept {
  return selector.is_unspecified() ? static_cast<std::uint32_t>(group.to_v6().scope_id())
                                   : selector.index();
}

encode_refusal refusal_of(const asio::ip::address& group,
                          const interface_selector& selector) noexcept {
  if (selector.is_unknown()) {
    return encode_refusal::no_such_interface;
  }
  return group.is_v6() && selector.is_address() ? encode_refusal::index_needed
                                                : encode_refusal::none;
}

void store_group_source_req(layout_id system, membership_bytes& bytes,
                            const asio::ip::address& group, const asio::ip::address& source,
                            std::uint32_t index) noexcept {
  const std::size_t alignment = system == layout_id::linux_32 ? 4 : 8;
  std::byte* const at = bytes.storage.data();
  ancillary::detail::store_little(at, index);
  store_sockaddr(system, at + alignment, group);
  store_sockaddr(system, at + alignment + sockaddr_storage_bytes, source);
  bytes.size = alignment + 2 * sockaddr_storage_bytes;
}

} // namespace

encoded_membership encode_membership(layout_id system, option_id option,
                                     const asio::ip::address& group,
                                     const interface_selector& selector) noexcept {
  const auto family = group.is_v6() ? ip_family::v6 : ip_family::v4;
  encoded_membership result;
  result.number = *find_option_number(system, option, family, option_use::set);
  auto& bytes = result.bytes;
  bytes.refusal = refusal_of(group, selector);
  if (bytes.refusal != encode_refusal::none) {
    return result;
  }
  std::byte* const at = bytes.storage.data();
  store_address(at, group);
  if (group.is_v6()) {
    ancillary::detail::store_little(at + 16, ipv6_index(group, selector));
    bytes.size = 20;
  } else if (is_windows(system)) {
    const auto encoded = detail::windows_interface(selector);
    bytes.refusal = encoded.refusal;
    std::copy_n(encoded.storage.begin(), 4, at + 4);
    bytes.size = encoded.size == 0 ? 0 : 8;
  } else {
    store_address(at + 4, selector.address());
    ancillary::detail::store_little(at + 8, selector.index());
    bytes.size = 12;
  }
  return result;
}

encoded_membership encode_source_membership(layout_id system, option_id option,
                                            const asio::ip::address& group,
                                            const asio::ip::address& source,
                                            const interface_selector& selector) noexcept {
  const auto family = group.is_v6() ? ip_family::v6 : ip_family::v4;
  encoded_membership result;
  result.number = *find_option_number(system, option, family, option_use::set);
  auto& bytes = result.bytes;
  bytes.refusal = refusal_of(group, selector);
  if (bytes.refusal != encode_refusal::none) {
    return result;
  }
  std::byte* const at = bytes.storage.data();
  if (group.is_v6()) {
    store_group_source_req(system, bytes, group, source, ipv6_index(group, selector));
  } else if (is_windows(system)) {
    const auto encoded = detail::windows_interface(selector);
    bytes.refusal = encoded.refusal;
    store_address(at, group);
    store_address(at + 4, source);
    std::copy_n(encoded.storage.begin(), 4, at + 8);
    bytes.size = encoded.size == 0 ? 0 : 12;
  } else if (selector.is_index()) {
    // Linux's ip_mreq_source has no index; the protocol-independent form has one.
    result.number.name = find_option_number(system, option, ip_family::v6, option_use::set)->name;
    store_group_source_req(system, bytes, group, source, selector.index());
  } else {
    store_address(at, group);
    store_address(at + 4, selector.address());
    store_address(at + 8, source);
    bytes.size = 12;
  }
  return result;
}

} // namespace ancillary::options
