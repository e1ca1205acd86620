#include <ancillary/recvmsg/endpoint.hpp>
#include <ancillary/recvmsg/multicast.hpp>

#include <algorithm>

namespace ancillary {

void multicast_filter::insert(const ip_address& group, std::uint32_t interface_index) {
  const membership wanted{group.unmapped(), interface_index};
  if (std::find(memberships_.begin(), memberships_.end(), wanted) == memberships_.end()) {
    memberships_.push_back(wanted);
  }
}

void multicast_filter::insert(const asio::ip::address& group, std::uint32_t interface_index) {
  insert(from_asio(group), interface_index);
}

void multicast_filter::erase(const ip_address& group, std::uint32_t interface_index) noexcept {
  const membership unwanted{group.unmapped(), interface_index};
  memberships_.erase(std::remove(memberships_.begin(), memberships_.end(), unwanted),
                     memberships_.end());
}

void multicast_filter::erase(const asio::ip::address& group,
                             std::uint32_t interface_index) noexcept {
  erase(from_asio(group), interface_index);
}

bool multicast_filter::accepts(const ip_address& destination,
                               std::optional<std::uint32_t> interface_index) const noexcept {
  const ip_address group = destination.unmapped();
  if (!group.is_multicast()) {
    return true;
  }
  return std::any_of(memberships_.begin(), memberships_.end(), [&](const membership& joined) {
    return joined.group == group && (joined.interface_index == 0 || !interface_index ||
                                     joined.interface_index == *interface_index);
  });
}

bool multicast_filter::accepts(const metadata_view& metadata) const noexcept {
  const auto destination = metadata.destination();
  return !destination || accepts(*destination, metadata.interface_index());
}

} // namespace ancillary
