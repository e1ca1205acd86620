#include "support/full_send_buffer.hpp"

#include "platform/linux/system_calls.hpp"

#include <atomic>
#include <cerrno>

namespace ancillary_test {

namespace {

std::atomic<int> calls_to_refuse{0};

int refuse_or_send(int socket, mmsghdr* messages, unsigned count, int flags) {
  if (calls_to_refuse.load() > 0) {
    --calls_to_refuse;
    errno = EAGAIN;
    return -1;
  }
  return ::sendmmsg(socket, messages, count, flags);
}

} // namespace

full_send_buffer::full_send_buffer() { ancillary::detail::system.sendmmsg = &refuse_or_send; }

full_send_buffer::~full_send_buffer() {
  ancillary::detail::system.sendmmsg = &::sendmmsg;
  calls_to_refuse = 0;
}

void full_send_buffer::full_for(int calls) noexcept { calls_to_refuse = calls; }

} // namespace ancillary_test
