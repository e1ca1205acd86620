#include "real_receive.hpp"

#include <ancillary/decoders/metadata_view.hpp>

#include <algorithm>

namespace ancillary_test {

LPFN_WSARECVMSG real_recvmsg(SOCKET socket) {
  static LPFN_WSARECVMSG found = nullptr;
  if (found == nullptr) {
    GUID id = WSAID_WSARECVMSG;
    DWORD bytes = 0;
    ::WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &found, sizeof found,
               &bytes, nullptr, nullptr);
  }
  return found;
}

void real_receive::reset() {
  buffer_ = {static_cast<ULONG>(payload_bytes), reinterpret_cast<CHAR*>(payload_.get())};
  message_ = {};
  message_.name = remote_.data();
  message_.namelen = sizeof(sockaddr_in6);
  message_.lpBuffers = &buffer_;
  message_.dwBufferCount = 1;
  message_.Control = {sizeof control_, reinterpret_cast<CHAR*>(control_.data())};
}

arrival real_receive::take(DWORD received, bool is_cut) {
  const std::size_t bytes = std::min<std::size_t>(received, payload_bytes);
  const auto control = std::as_bytes(std::span(control_));
  const ancillary::metadata_view told(
      ancillary::layouts::native{},
      control.first(std::min<std::size_t>(message_.Control.len, control.size())));
  return {{payload_.get(), payload_.get() + bytes}, remote_, told.to_metadata(), is_cut};
}

} // namespace ancillary_test
