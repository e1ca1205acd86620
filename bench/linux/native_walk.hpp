#pragma once

#include <cstddef>
#include <cstdint>
#include <sys/socket.h>

namespace ancillary_bench {

// Calls visit(level, type, data) for each message, with the system's macros.
template <class Visit>
inline void native_walk(std::byte* control, std::size_t bytes, Visit visit) {
  msghdr message{};
  message.msg_control = control;
  message.msg_controllen = bytes;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    visit(header->cmsg_level, header->cmsg_type, CMSG_DATA(header));
  }
}

} // namespace ancillary_bench
