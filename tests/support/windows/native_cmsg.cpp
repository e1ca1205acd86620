#include "support/native_cmsg.hpp"

#include <winsock2.h>
#include <ws2tcpip.h>

#include <mswsock.h>

namespace ancillary_test {

std::vector<ancillary::control_message> native_messages(std::span<std::byte> buffer) {
  WSAMSG message{};
  message.Control.buf = reinterpret_cast<char*>(buffer.data());
  message.Control.len = static_cast<ULONG>(buffer.size());
  std::vector<ancillary::control_message> found;
  for (WSACMSGHDR* header = WSA_CMSG_FIRSTHDR(&message); header != nullptr;
       header = WSA_CMSG_NXTHDR(&message, header)) {
    const auto* const data = reinterpret_cast<const std::byte*>(WSA_CMSG_DATA(header));
    found.push_back(
        {header->cmsg_level,
         header->cmsg_type,
         {data, header->cmsg_len - WSA_CMSG_LEN(0)},
         static_cast<std::size_t>(reinterpret_cast<std::byte*>(header) - buffer.data())});
  }
  return found;
}

} // namespace ancillary_test
