#include "platform/linux/send_call.hpp"

#include "platform/linux/system_calls.hpp"

#include <cerrno>

namespace ancillary::detail {

namespace {

bool may_be_of_an_earlier_one(int error) noexcept {
  return error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH ||
         error == EHOSTDOWN || error == ENOPROTOOPT || error == EPROTO || error == EACCES ||
         error == EMSGSIZE;
}

} // namespace

bool may_be_for_segmentation(int error) noexcept {
  return error == EIO || error == EINVAL || error == EMSGSIZE;
}

int send_now(native_socket socket, mmsghdr* messages, unsigned messages_count,
             send_counter_set& count) noexcept {
  constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  int error = 0;
  for (;;) {
    const int sent = system.sendmmsg(socket, messages, messages_count, flags);
    if (sent >= 0) {
      count.earlier_errors.add(error != 0 ? 1 : 0);
      return sent;
    }
    if (errno != EINTR && (!may_be_of_an_earlier_one(errno) || errno == error)) {
      return sent;
    }
    error = errno == EINTR ? error : errno;
  }
}

} // namespace ancillary::detail
