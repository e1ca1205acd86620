#pragma once

#include <winsock2.h>
#include <ws2tcpip.h>

#include <cstddef>
#include <cstdint>
#include <mswsock.h>

namespace ancillary_bench {

// Calls visit(level, type, data) for each message, with the system's macros.
template <class Visit>
inline void native_walk(std::byte* control, std::size_t bytes, Visit visit) {
  WSAMSG message{};
  message.Control.buf = reinterpret_cast<char*>(control);
  message.Control.len = static_cast<ULONG>(bytes);
  for (WSACMSGHDR* header = WSA_CMSG_FIRSTHDR(&message); header != nullptr;
       header = WSA_CMSG_NXTHDR(&message, header)) {
    visit(header->cmsg_level, header->cmsg_type, WSA_CMSG_DATA(header));
  }
}

} // namespace ancillary_bench
