#include "send/reply_rules.hpp"

#include <ancillary/recvmsg/endpoint.hpp>

#include <chrono>
#include <mutex>
#include <new>
#include <utility>

namespace ancillary::detail {

namespace {

ip_address remote_of(const outgoing& from) noexcept {
  return from_asio(from.remote.address()).unmapped();
}

} // namespace

reply_rules::reply_rules(std::shared_ptr<const host_addresses> host, const socket_address& local,
                         std::chrono::steady_clock::time_point taken_at) noexcept
    : host_(std::move(host)), taken_at_(taken_at), local_{local.address.unmapped(), local.port} {}

std::uint32_t reply_rules::needed_interface(const outgoing& from, ip_family family) const noexcept {
  if (from.by_interface == interface_use::never) {
    return 0;
  }
  const auto named = [&](bool needed) { return needed ? from.interface_index : 0; };
  if (!from.source) {
    return named(!host_->owns(remote_of(from)));
  }
  if (family == ip_family::v6 &&
      (from.source->is_link_local() || remote_of(from).is_link_local())) {
    return from.interface_index;
  }
  return named(host_->has_doubts() &&
               host_->needs_interface(*from.source, remote_of(from), from.interface_index));
}

bool reply_rules::refuses(const outgoing& from) const noexcept {
  const ip_address remote = remote_of(from);
  const std::uint16_t port = from.remote.port();
  return port == 0 || remote.is_unspecified() || remote.is_multicast() ||
         remote.is_limited_broadcast() || host_->is_subnet_broadcast(remote) ||
         (port == local_.port && is_own(remote, from));
}

bool reply_rules::is_own(const ip_address& remote, const outgoing& from) const noexcept {
  return remote == from.source ||
         (local_.address.is_unspecified() ? host_->owns(remote) : remote == local_.address);
}

namespace {

constexpr std::chrono::seconds addresses_trusted_for{5};

struct last_look {
  std::uint64_t network = 0;
  std::chrono::steady_clock::time_point at{};
  std::shared_ptr<const host_addresses> seen; // null: none yet
};

std::shared_ptr<const host_addresses> recent_addresses(native_socket socket) {
  static std::mutex guard;
  static last_look last;
  const auto now = std::chrono::steady_clock::now();
  const std::uint64_t network = network_of(socket);
  const std::lock_guard lock(guard);
  if (last.seen && last.network == network && now - last.at < addresses_trusted_for) {
    return last.seen;
  }
  if (auto seen = list_host_addresses(socket)) {
    last = {network, now, std::make_shared<const host_addresses>(std::move(*seen))};
    return last.seen;
  }
  return nullptr;
}

} // namespace

reply_rules make_reply_rules(native_socket socket) {
  auto host = recent_addresses(socket);
  if (!host) {
    host = std::make_shared<const host_addresses>();
  }
  return {std::move(host), local_address_of(socket), std::chrono::steady_clock::now()};
}

void reply_rules::renew(native_socket socket) noexcept {
  const auto now = std::chrono::steady_clock::now();
  if (now - taken_at_ < addresses_trusted_for) [[likely]] {
    return;
  }
  taken_at_ = now;
  try {
    if (auto host = recent_addresses(socket)) {
      host_ = std::move(host);
    }
  } catch (const std::bad_alloc&) {
    return; // the next time, then
  }
}

} // namespace ancillary::detail
