// The stand-in in a Windows program: what the library calls instead of Winsock.

#include "../stand_in.hpp"
#include "pending_receive.hpp"
#include "platform/windows/system_calls.hpp"

#include <algorithm>
#include <asio/post.hpp>
#include <cstring>
#include <utility>
#include <vector>

namespace ancillary_test {

namespace {

stand_in* only = nullptr;
ancillary::detail::system_calls real_calls;
std::vector<std::weak_ptr<pending_receive>> pending;

constexpr DWORD timestamping = IOC_IN | IOC_VENDOR | 235;    // SIO_TIMESTAMPING
constexpr DWORD connection_reset = IOC_IN | IOC_VENDOR | 12; // SIO_UDP_CONNRESET
constexpr DWORD network_reset = IOC_IN | IOC_VENDOR | 15;    // SIO_UDP_NETRESET

int fail(std::uint32_t code) {
  ::WSASetLastError(static_cast<int>(code));
  return SOCKET_ERROR;
}

// Whatever of this the family has: the facts that the messages are made of.
void ask_for_everything(SOCKET socket) {
  const DWORD on = 1;
  for (const int level : {int{IPPROTO_IP}, int{IPPROTO_IPV6}}) {
    for (const int name : {IP_PKTINFO, IP_RECVTTL, 40 /* IP_RECVTOS */}) {
      real_calls.setsockopt(socket, level, name, reinterpret_cast<const char*>(&on), sizeof on);
    }
  }
}

int WSAAPI set_option(SOCKET socket, int level, int name, const char* value, int bytes) {
  DWORD number = 0;
  if (bytes == sizeof number) {
    std::memcpy(&number, value, sizeof number);
  }
  const auto answer = only->of(socket).set_option(only->now, level, name, number);
  if (!answer) {
    return real_calls.setsockopt(socket, level, name, value, bytes);
  }
  ask_for_everything(socket); // before the socket is bound, as the options themselves
  return *answer == 0 ? 0 : fail(*answer);
}

int WSAAPI control(SOCKET socket, DWORD code, LPVOID in, DWORD in_bytes, LPVOID out,
                   DWORD out_bytes, LPDWORD returned, LPWSAOVERLAPPED overlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  std::uint32_t answer = 0;
  if (code == timestamping) {
    answer = only->of(socket).switch_timestamps(only->now);
  } else if (code == connection_reset || code == network_reset) {
    ask_for_everything(socket); // of any driver this is the first that we hear
    const bool report = *static_cast<const BOOL*>(in) != FALSE;
    answer = only->of(socket).switch_icmp_error(
        only->now, code == connection_reset ? port_unreachable : hop_limit_exceeded, report);
  } else {
    return real_calls.ioctl(socket, code, in, in_bytes, out, out_bytes, returned, overlapped,
                            routine);
  }
  return answer == 0 ? 0 : fail(answer);
}

// Takes over what the real socket has. The error of the real call when that is not that it would
// block.
DWORD take_over(SOCKET socket) {
  static real_receive scratch;
  for (;;) {
    scratch.reset();
    DWORD received = 0;
    const int result = real_recvmsg(socket)(socket, scratch.message(), &received, nullptr, nullptr);
    if (result != 0) {
      const auto error = static_cast<DWORD>(::WSAGetLastError());
      return error == WSAEWOULDBLOCK ? 0 : error;
    }
    only->of(socket).arrive(scratch.take(received, false));
  }
}

int receive_now(SOCKET socket, WSAMSG& message, LPDWORD received) {
  const DWORD error = take_over(socket);
  if (error != 0 && !only->of(socket).has_something()) {
    return fail(error);
  }
  const outcome now = fill(*only, socket, message);
  if (now.has_datagram()) {
    *received = static_cast<DWORD>(now.payload_bytes);
  } else {
    // Out fields hold nothing then, which is not the same as nothing at all.
    *received = 0xdeadbeef;
    message.dwFlags = ~ULONG{0};
    message.Control.len = ~ULONG{0};
  }
  return now.error.direct == 0 ? 0 : fail(now.error.direct);
}

// Goes by way of the context, so that the caller has let go of its OVERLAPPED when the completion
// is queued. Asio expects that one also when the context ends without calling handlers.
struct soon_completed {
  soon_completed(asio::io_context& context, OVERLAPPED* of, const outcome& with)
      : io(&context), overlapped(of), now(with) {}
  soon_completed(soon_completed&& other) noexcept
      : io(std::exchange(other.io, nullptr)), overlapped(other.overlapped), now(other.now) {}
  soon_completed(const soon_completed&) = delete;
  ~soon_completed() {
    if (io != nullptr) {
      queue_completion(*io, overlapped, now.error.completion,
                       static_cast<DWORD>(now.payload_bytes));
    }
  }
  void operator()() const {}

  asio::io_context* io;
  OVERLAPPED* overlapped;
  outcome now;
};

int complete_at_once(SOCKET socket, WSAMSG& message, OVERLAPPED* overlapped) {
  const outcome now = fill(*only, socket, message);
  asio::post(*only->context(), soon_completed(*only->context(), overlapped, now));
  if (now.error.direct == 0) {
    return 0;
  }
  const bool is_truncation = now.error.direct == winsock::message_size;
  return fail(is_truncation && only->now.truncation_at_once ? winsock::message_size
                                                            : WSA_IO_PENDING);
}

int WSAAPI receive(SOCKET socket, LPWSAMSG message, LPDWORD received, LPWSAOVERLAPPED overlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE) {
  if (overlapped == nullptr) {
    return receive_now(socket, *message, received);
  }
  if (take_over(socket) == 0 && only->of(socket).has_something()) {
    return complete_at_once(socket, *message, overlapped);
  }
  auto made = std::make_shared<pending_receive>(*only, socket, message, overlapped);
  const DWORD error = made->start();
  std::erase_if(pending, [](const auto& each) { return each.expired(); });
  pending.push_back(made);
  return fail(error == 0 ? WSA_IO_PENDING : error);
}

BOOL WINAPI cancel(HANDLE handle, LPOVERLAPPED overlapped) {
  for (const auto& each : pending) {
    const auto found = each.lock();
    if (found && found->overlapped() == overlapped) {
      found->cancel_real();
      return TRUE;
    }
  }
  return real_calls.cancel(handle, overlapped);
}

} // namespace

outcome fill(stand_in& machine, SOCKET socket, WSAMSG& message) {
  const auto span = [](const WSABUF& of) {
    return std::span(reinterpret_cast<std::byte*>(of.buf), of.len);
  };
  const outcome now =
      machine.of(socket).take(machine.now, span(message.lpBuffers[0]), span(message.Control));
  if (now.has_datagram()) {
    std::memcpy(message.name, now.remote.data(), now.remote.size());
    message.namelen = static_cast<INT>(now.remote.size());
    message.Control.len = static_cast<ULONG>(now.control_bytes);
    message.dwFlags = now.flags;
  }
  return now;
}

stand_in::stand_in(windows_profile profile) {
  now.profile = profile;
  only = this;
  real_calls = ancillary::detail::system;
  ancillary::detail::system.setsockopt = &set_option;
  ancillary::detail::system.ioctl = &control;
  ancillary::detail::system.cancel = &cancel;
  ancillary::detail::system.recvmsg = &receive;
}

stand_in::~stand_in() {
  ancillary::detail::system = real_calls;
  pending.clear();
  only = nullptr;
}

stand_in* stand_in::current() noexcept { return only; }

void stand_in::nudge(std::uintptr_t socket) {
  for (const auto& each : pending) {
    if (const auto found = each.lock(); found && found->socket() == socket) {
      found->cancel_real();
    }
  }
}

} // namespace ancillary_test
