// Remembers the path MTUs that errors report.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/decoders/ip_address.hpp>
#include <ancillary/recvmsg/receive_error.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>

namespace ancillary {

// The smallest path MTU that errors have reported for each remote address. For use with
// receive_options::error_detail:
//
//   ancillary::path_mtu_cache path_mtus;
//   receiver.on_error([&](const ancillary::receive_error& error) { path_mtus.note(error); });
//   ...
//   const std::uint32_t mtu = std::min(1500U, path_mtus.path_mtu_of(peer).value_or(1500));
//
// An ICMP message can be forged, with any remote address (transport_error.hpp): note errors only of
// remotes in use, if the quoted payload is known, and confirm a value with probes (RFC 8899, 4.6).
// Link-local addresses count without their interface. A path's MTU can grow again: forget() a value
// after some time, 10 minutes or more (RFC 1191, 6.3; RFC 8201, 4).
//
// Threads: calls on one cache must not overlap.
class ANCILLARY_API path_mtu_cache {
public:
  // Keeps this many remote addresses; drops the one whose report is the oldest.
  explicit path_mtu_cache(std::size_t capacity = 1024);

  // Notes the MTU that an error reports; the address then counts as the newest. Returns false if
  // the error reports none, one that is not smaller, one above 65,535 bytes, or one below the
  // minimum: 68 bytes for IPv4 (RFC 791), 1,280 for IPv6 (RFC 8200).
  bool note(const receive_error& error);

  // In bytes, with IP header; nullopt if none was reported. A mapped IPv4 address equals its IPv4
  // address.
  [[nodiscard]] std::optional<std::uint32_t> path_mtu_of(const ip_address& remote) const;

  // Removes the MTU of this address, if there is one.
  void forget(const ip_address& remote);

  // The number of remote addresses kept.
  [[nodiscard]] std::size_t size() const noexcept { return newest_first_.size(); }

private:
  struct entry {
    ip_address remote;
    std::uint32_t mtu;
  };
  using entries = std::list<entry>;

  std::size_t capacity_;
  entries newest_first_;
  std::unordered_map<ip_address, entries::iterator> by_remote_;
};

} // namespace ancillary
