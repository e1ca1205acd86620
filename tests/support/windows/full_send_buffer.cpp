#include "support/full_send_buffer.hpp"

#include "platform/windows/system_calls.hpp"

#include <atomic>

namespace ancillary_test {

namespace {

std::atomic<int> calls_to_refuse{0};

int WSAAPI refuse_or_send(SOCKET socket, LPWSAMSG message, DWORD flags, LPDWORD sent,
                          LPWSAOVERLAPPED overlapped,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE completion) {
  if (calls_to_refuse.load() > 0) {
    --calls_to_refuse;
    ::WSASetLastError(WSAEWOULDBLOCK);
    return SOCKET_ERROR;
  }
  return ::WSASendMsg(socket, message, flags, sent, overlapped, completion);
}

} // namespace

full_send_buffer::full_send_buffer() { ancillary::detail::system.sendmsg = &refuse_or_send; }

full_send_buffer::~full_send_buffer() {
  ancillary::detail::system.sendmsg = &::WSASendMsg;
  calls_to_refuse = 0;
}

void full_send_buffer::full_for(int calls) noexcept { calls_to_refuse = calls; }

} // namespace ancillary_test
