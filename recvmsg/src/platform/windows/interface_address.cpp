#include "platform/windows/interface_address.hpp"

#include "platform/windows/adapters.hpp"

#include <algorithm>

namespace ancillary::detail {

namespace {

// Interfaces and their addresses change.
constexpr std::chrono::seconds trusted_for{5};

bool is_link_local(const ip_address& address) noexcept {
  const auto bytes = address.bytes();
  return address.is_v6() && bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80; // RFC 4291, 2.5.6
}

} // namespace

std::optional<ip_address> interface_address(std::uint32_t index, ip_family family) noexcept {
  const bool v4 = family == ip_family::v4;
  const adapter_list list = adapters(v4 ? AF_INET : AF_INET6);
  std::optional<ip_address> best;
  for (const auto* each = list.get(); each != nullptr; each = each->Next) {
    if ((v4 ? each->IfIndex : each->Ipv6IfIndex) != index) {
      continue;
    }
    for (const auto* own = each->FirstUnicastAddress; own != nullptr; own = own->Next) {
      const auto address = to_address(own->Address.lpSockaddr);
      if (address && (!best || is_link_local(*best))) {
        best = address;
      }
    }
  }
  return best;
}

std::optional<ip_address> interface_address_cache::find(std::uint32_t index,
                                                        ip_family family) noexcept {
  const auto now = clock::now();
  auto known = std::find_if(entries_.begin(), entries_.end(), [&](const entry& each) {
    return each.index == index && each.family == family;
  });
  if (known == entries_.end()) {
    known = entries_.begin() + static_cast<std::ptrdiff_t>(next_++ % entries_.size());
    known->index = 0;
  }
  if (known->index == 0 || now - known->asked > trusted_for) {
    *known = {index, family, interface_address(index, family), now};
  }
  return known->address;
}

} // namespace ancillary::detail
