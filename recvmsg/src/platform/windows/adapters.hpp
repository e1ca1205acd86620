// The result of GetAdaptersAddresses.
#pragma once

#include "platform/windows/system_calls.hpp"
#include <ancillary/decoders/ip_address.hpp>

#include <memory>
#include <new>
#include <optional>

namespace ancillary::detail {

struct free_memory {
  void operator()(void* memory) const noexcept { ::operator delete(memory); }
};
using adapter_list = std::unique_ptr<IP_ADAPTER_ADDRESSES, free_memory>;

// Null on failure, and if there is none. AF_UNSPEC: the addresses of both families.
[[nodiscard]] adapter_list adapters(ULONG family) noexcept;
// The same with the reason, NO_ERROR if there is none.
[[nodiscard]] adapter_list adapters(ULONG family, ULONG& error) noexcept;

[[nodiscard]] std::optional<ip_address> to_address(const SOCKADDR* address) noexcept;

} // namespace ancillary::detail
