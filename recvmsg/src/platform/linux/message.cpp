#include "platform/linux/message.hpp"

#include <ancillary/recvmsg/sender.hpp>

#include <cstring>

namespace ancillary::detail {

namespace {

// Returns false on a family mismatch.
bool address(msghdr& header, prepared_message& storage, const outgoing& from, bool v6_socket,
             ip_family& family) noexcept {
  const auto* const remote = reinterpret_cast<const sockaddr*>(from.remote.data());
  header.msg_name = const_cast<sockaddr*>(remote); // sendmsg does not modify it
  header.msg_namelen = static_cast<socklen_t>(from.remote.size());
  if (remote->sa_family == AF_INET) {
    family = ip_family::v4;
    if (v6_socket) {
      const auto* const v4 = reinterpret_cast<const sockaddr_in*>(remote);
      storage.mapped = {};
      storage.mapped.sin6_family = AF_INET6;
      storage.mapped.sin6_port = v4->sin_port;
      storage.mapped.sin6_addr.s6_addr[10] = storage.mapped.sin6_addr.s6_addr[11] = 0xff;
      std::memcpy(&storage.mapped.sin6_addr.s6_addr[12], &v4->sin_addr, sizeof v4->sin_addr);
      header.msg_name = &storage.mapped;
      header.msg_namelen = sizeof storage.mapped;
    }
  } else {
    const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(remote);
    family = IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) ? ip_family::v4 : ip_family::v6;
    if (!v6_socket) {
      return false;
    }
  }
  return !from.source || family_of(*from.source) == family;
}

} // namespace

std::error_code prepare(msghdr& header, prepared_message& storage, const outgoing& from,
                        const sending_socket& by, std::uint32_t segment_bytes) noexcept {
  ip_family family{};
  if (!address(header, storage, from, by.v6, family)) {
    return send_errc::family_mismatch;
  }
  if (from.is_reply && by.rules.refuses(from)) {
    return send_errc::remote_refused;
  }
  control_builder<layouts::native> control(storage.control);
  build_control(control, from, from.source, by.rules.interface_of(from, family), family,
                segment_bytes != 0, segment_bytes);
  const std::size_t control_bytes = control.bytes().size();
  header.msg_control = control_bytes != 0 ? storage.control.data() : nullptr;
  header.msg_controllen = control_bytes;
  header.msg_flags = 0;
  return {};
}

} // namespace ancillary::detail
