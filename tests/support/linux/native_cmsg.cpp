#include "support/native_cmsg.hpp"

#include <sys/socket.h>

namespace ancillary_test {

std::vector<ancillary::control_message> native_messages(std::span<std::byte> buffer) {
  msghdr message{};
  message.msg_control = buffer.data();
  message.msg_controllen = buffer.size();
  std::vector<ancillary::control_message> found;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    const auto* const data = reinterpret_cast<const std::byte*>(CMSG_DATA(header));
    found.push_back(
        {header->cmsg_level,
         header->cmsg_type,
         {data, header->cmsg_len - CMSG_LEN(0)},
         static_cast<std::size_t>(reinterpret_cast<std::byte*>(header) - buffer.data())});
  }
  return found;
}

} // namespace ancillary_test
