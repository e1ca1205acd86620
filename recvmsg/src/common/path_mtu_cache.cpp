#include <ancillary/recvmsg/endpoint.hpp>
#include <ancillary/recvmsg/error_detail.hpp>
#include <ancillary/recvmsg/path_mtu_cache.hpp>

#include <algorithm>

namespace ancillary {

namespace {

constexpr std::uint32_t largest_packet_bytes = 65535;

} // namespace

path_mtu_cache::path_mtu_cache(std::size_t capacity)
    : capacity_(std::max<std::size_t>(capacity, 1)) {}

bool path_mtu_cache::note(const receive_error& error) {
  if (error.detail == nullptr) {
    return false;
  }
  const ip_address remote = from_asio(error.detail->remote.address()).unmapped();
  const auto mtu = error.detail->cause.mtu();
  const std::uint32_t smallest = remote.is_v4() ? 68 : 1280;
  if (!mtu || *mtu < smallest || *mtu > largest_packet_bytes) {
    return false;
  }
  if (const auto known = by_remote_.find(remote); known != by_remote_.end()) {
    newest_first_.splice(newest_first_.begin(), newest_first_, known->second);
    const bool smaller = *mtu < known->second->mtu;
    known->second->mtu = std::min(known->second->mtu, *mtu);
    return smaller;
  }
  entries added;
  added.push_front({remote, *mtu});
  by_remote_.emplace(remote, added.begin());
  newest_first_.splice(newest_first_.begin(), added);
  if (newest_first_.size() > capacity_) {
    by_remote_.erase(newest_first_.back().remote);
    newest_first_.pop_back();
  }
  return true;
}

std::optional<std::uint32_t> path_mtu_cache::path_mtu_of(const ip_address& remote) const {
  const auto known = by_remote_.find(remote.unmapped());
  return known != by_remote_.end() ? std::optional(known->second->mtu) : std::nullopt;
}

void path_mtu_cache::forget(const ip_address& remote) {
  if (const auto known = by_remote_.find(remote.unmapped()); known != by_remote_.end()) {
    newest_first_.erase(known->second);
    by_remote_.erase(known);
  }
}

} // namespace ancillary
