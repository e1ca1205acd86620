#include <ancillary/recvmsg/filter.hpp>

#include <algorithm>
#include <utility>

namespace ancillary::detail {

address_set::address_set(std::vector<ip_address> addresses) : sorted_(std::move(addresses)) {
  std::ranges::sort(sorted_);
}

bool address_set::contains(const ip_address& address) const noexcept {
  return std::ranges::binary_search(sorted_, address);
}

} // namespace ancillary::detail
