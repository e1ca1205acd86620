#include "calls.hpp"
#include <ancillary/decoders/metadata_view.hpp>

#include <cstring>

namespace ancillary_test {

namespace {

departure departure_of(const WSAMSG& message) {
  departure leaving;
  std::memcpy(leaving.remote.data(), message.name, static_cast<std::size_t>(message.namelen));
  for (DWORD i = 0; i < message.dwBufferCount; ++i) {
    leaving.payload.append(message.lpBuffers[i].buf, message.lpBuffers[i].len);
  }
  const std::span control(reinterpret_cast<const std::byte*>(message.Control.buf),
                          message.Control.len);
  leaving.asked = ancillary::metadata_view(ancillary::layouts::native{}, control).to_metadata();
  return leaving;
}

// UDP_SEND_MSG_SIZE is (17, 2), a message that is never received.
bool is_segmented(WSAMSG& message) {
  for (WSACMSGHDR* each = WSA_CMSG_FIRSTHDR(&message); each != nullptr;
       each = WSA_CMSG_NXTHDR(&message, each)) {
    if (each->cmsg_level == 17 && each->cmsg_type == 2) {
      return true;
    }
  }
  return false;
}

} // namespace

// Wine chooses the source address itself and ignores control data.
int WSAAPI send(SOCKET socket, LPWSAMSG message, DWORD flags, LPDWORD sent,
                LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  stand_in& machine = *stand_in::current();
  departure leaving = departure_of(*message);
  leaving.could_block = machine.of(socket).blocks();
  if (const auto answer = answer_to_send(machine.now, leaving.asked, is_segmented(*message));
      answer != 0) {
    return fail(answer);
  }
  const int result =
      ancillary::detail::real_calls::sendmsg(socket, message, flags, sent, overlapped, routine);
  if (result == 0) {
    machine.departures.push_back(std::move(leaving));
  }
  return result;
}

} // namespace ancillary_test
