// The stand-in in a Windows program: the functions that the library calls instead of Winsock.

#include "calls.hpp"
#include "pending_receive.hpp"
#include "platform/windows/header_support.hpp"

#include <algorithm>
#include <asio/post.hpp>
#include <cstring>
#include <utility>
#include <vector>

namespace ancillary_test {

namespace {

stand_in* only = nullptr;
std::vector<std::weak_ptr<pending_receive>> pending;

std::span<std::byte> span_of(const WSABUF& of) {
  return {reinterpret_cast<std::byte*>(of.buf), of.len};
}

// The output fields of a call that returned a datagram or an error's entry.
void note(const outcome& now, WSAMSG& message) {
  if (now.has_datagram()) {
    std::memcpy(message.name, now.remote.data(), now.remote.size());
    message.namelen = static_cast<INT>(now.remote.size());
    message.Control.len = static_cast<ULONG>(now.control_bytes);
    message.dwFlags = now.flags;
  }
}

// Takes all datagrams from the real socket. Returns the error of the real call, except
// WSAEWOULDBLOCK.
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

// Row 18: a non-blocking call takes the datagrams that the real socket has given to a pending
// receive.
void take_from_pending(SOCKET socket) {
  for (const auto& each : pending) {
    if (const auto found = each.lock(); found && found->socket() == socket) {
      found->hand_over();
    }
  }
}

int returned(const outcome& now, WSAMSG& message, LPDWORD received) {
  if (now.has_datagram()) {
    *received = static_cast<DWORD>(now.payload_bytes);
  } else {
    // The output fields are then meaningless, but not zero.
    *received = 0xdeadbeef;
    message.dwFlags = ~ULONG{0};
    message.Control.len = ~ULONG{0};
  }
  return now.error.direct == 0 ? 0 : fail(now.error.direct);
}

int receive_error_now(SOCKET socket, WSAMSG& message, LPDWORD received) {
  const outcome now = only->of(socket).take_error(only->now, span_of(message.lpBuffers[0]),
                                                  span_of(message.Control));
  note(now, message);
  return returned(now, message, received);
}

int receive_now(SOCKET socket, WSAMSG& message, LPDWORD received) {
  if (only->now.direct_call_comes_first) {
    take_from_pending(socket);
  }
  const DWORD error = take_over(socket);
  if ((message.dwFlags & message_flag::error_queue) != 0) {
    return receive_error_now(socket, message, received);
  }
  if (error != 0 && !only->of(socket).has_something()) {
    return fail(error);
  }
  return returned(fill(*only, socket, message), message, received);
}

// Posted to the context, so that the caller has released its OVERLAPPED when the completion is
// queued. Asio expects the completion also if the context is destroyed without running handlers.
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
    return only->now.waiting_is_pending ? fail(WSA_IO_PENDING) : 0; // row 15
  }
  const bool is_truncation = now.error.direct == winsock::message_size;
  return fail(is_truncation && only->now.truncation_at_once ? winsock::message_size
                                                            : WSA_IO_PENDING);
}

int WSAAPI receive(SOCKET socket, LPWSAMSG message, LPDWORD received, LPWSAOVERLAPPED overlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE) {
  if (const auto answer = answer_to_receive(facts_of(socket)); answer != 0) {
    return fail(answer);
  }
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
  return ancillary::detail::real_calls::cancel(handle, overlapped);
}

} // namespace

outcome fill(stand_in& machine, SOCKET socket, WSAMSG& message) {
  const outcome now =
      machine.of(socket).take(machine.now, span_of(message.lpBuffers[0]), span_of(message.Control));
  note(now, message);
  return now;
}

stand_in::stand_in(windows_profile profile) {
  now.profile = profile;
  only = this;
  ancillary::detail::forget_octet_answer();
  auto& calls = ancillary::detail::system;
  calls.socket = &open_socket;
  calls.closesocket = &close_socket;
  calls.setsockopt = &set_option;
  calls.getsockopt = &get_option;
  calls.sendmsg = &send;
  calls.getsockname = &get_name;
  calls.ioctl = &control;
  calls.ioctlsocket = &io_control;
  calls.adapters = &list_adapters;
  calls.notify_interfaces = &notify_interfaces;
  calls.notify_addresses = &notify_addresses;
  calls.cancel_notify = &cancel_notify;
  calls.cancel = &cancel;
  calls.build_number = &build_number;
  calls.recvmsg = &receive;
}

stand_in::~stand_in() {
  ancillary::detail::system = {};
  ancillary::detail::forget_octet_answer();
  pending.clear();
  forget_registrations();
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
