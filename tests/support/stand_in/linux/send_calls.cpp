// Sending in a Linux program with a stand-in: recorded, and sent by Linux. The library's Windows
// sending code does not run here.

#include "../stand_in.hpp"
#include "linux_drivers.hpp"
#include "platform/linux/system_calls.hpp"
#include <ancillary/decoders/metadata_view.hpp>

#include <cstring>

namespace ancillary_test {

namespace {

departure departure_of(const msghdr& message) {
  departure leaving;
  std::memcpy(leaving.remote.data(), message.msg_name, message.msg_namelen);
  for (std::size_t i = 0; i < message.msg_iovlen; ++i) {
    leaving.payload.append(static_cast<const char*>(message.msg_iov[i].iov_base),
                           message.msg_iov[i].iov_len);
  }
  const std::span control(static_cast<const std::byte*>(message.msg_control),
                          message.msg_controllen);
  const ancillary::metadata_view asked(ancillary::layouts::native{}, control);
  leaving.asked = asked.to_metadata();
  // Linux has a separate member for the IPv4 source.
  if (const auto local = asked.local_address(); local && local->is_v4()) {
    leaving.asked.destination = local;
  }
  return leaving;
}

int send(int socket, mmsghdr* messages, unsigned count, int flags) {
  const int sent = ::sendmmsg(socket, messages, count, flags);
  for (int i = 0; i < sent; ++i) {
    stand_in::current()->departures.push_back(departure_of(messages[i].msg_hdr));
  }
  return sent;
}

} // namespace

void note_departures(bool on) { ancillary::detail::system.sendmmsg = on ? &send : &::sendmmsg; }

} // namespace ancillary_test
