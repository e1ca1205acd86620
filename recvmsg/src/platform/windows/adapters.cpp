#include "platform/windows/adapters.hpp"

#include <cstring>

namespace ancillary::detail {

adapter_list adapters(ULONG family) noexcept {
  ULONG ignored = NO_ERROR;
  return adapters(family, ignored);
}

adapter_list adapters(ULONG family, ULONG& error) noexcept {
  constexpr ULONG flags =
      GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
  ULONG bytes = 16 * 1024; // recommended by the documentation of GetAdaptersAddresses
  for (int attempt = 0; attempt < 3; ++attempt) {
    adapter_list list(static_cast<IP_ADAPTER_ADDRESSES*>(::operator new(bytes, std::nothrow)));
    if (!list) {
      error = ERROR_NOT_ENOUGH_MEMORY;
      return nullptr;
    }
    error = system.adapters(family, flags, nullptr, list.get(), &bytes);
    if (error == NO_ERROR) {
      return list;
    }
    if (error != ERROR_BUFFER_OVERFLOW) {
      const bool is_empty = error == ERROR_NO_DATA || error == ERROR_ADDRESS_NOT_ASSOCIATED;
      error = is_empty ? NO_ERROR : error;
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

} // namespace ancillary::detail
