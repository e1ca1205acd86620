#include "interface_address.hpp"

#include "system_calls.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <new>

namespace ancillary::detail {

namespace {

// Interfaces come and go, and get other addresses.
constexpr std::chrono::seconds trusted_for{5};

struct free_memory {
  void operator()(void* memory) const noexcept { ::operator delete(memory); }
};
using adapter_list = std::unique_ptr<IP_ADAPTER_ADDRESSES, free_memory>;

adapter_list adapters(ULONG family) noexcept {
  constexpr ULONG flags =
      GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
  ULONG bytes = 16 * 1024; // what the documentation of GetAdaptersAddresses recommends
  for (int attempt = 0; attempt < 3; ++attempt) {
    adapter_list list(static_cast<IP_ADAPTER_ADDRESSES*>(::operator new(bytes, std::nothrow)));
    if (!list) {
      return nullptr;
    }
    const ULONG result = system.adapters(family, flags, nullptr, list.get(), &bytes);
    if (result == NO_ERROR) {
      return list;
    }
    if (result != ERROR_BUFFER_OVERFLOW) {
      return nullptr;
    }
  }
  return nullptr;
}

std::optional<ip_address> to_address(const SOCKADDR* address) noexcept {
  if (address->sa_family == AF_INET) {
    ip_address::v4_octets octets{};
    std::memcpy(octets.data(), &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, 4);
    return ip_address::v4(octets);
  }
  if (address->sa_family == AF_INET6) {
    ip_address::v6_octets octets{};
    std::memcpy(octets.data(), &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, 16);
    return ip_address::v6(octets);
  }
  return std::nullopt;
}

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
