// Makes one of the library's system calls fail at a chosen call. Linux has a counterpart of the
// same name.
#pragma once

#include "platform/windows/system_calls.hpp"

#include <limits>
#include <type_traits>

namespace ancillary_test {

struct fault_plan {
  int at = std::numeric_limits<int>::max(); // the first call that fails, from 1
  int times = 1;
  int error = 0;
};

// Shared by a fault and the test that planned it.
class fault_count {
public:
  explicit fault_count(fault_plan plan) : plan_(plan) {}
  [[nodiscard]] bool next_fails() {
    ++calls;
    const bool fails = calls >= plan_.at && calls - plan_.at < plan_.times;
    faults += fails ? 1 : 0;
    return fails;
  }
  [[nodiscard]] int error() const { return plan_.error; }
  int calls = 0;
  int faults = 0;

private:
  fault_plan plan_;
};

// Replaces one member of `system_calls` for its lifetime; one at a time. A call that returns the
// error itself, such as GetAdaptersAddresses, returns it.
template <auto Member>
class faulty_call;

template <class Result, class... Arguments,
          Result (WSAAPI* ancillary::detail::system_calls::*Member)(Arguments...)>
class faulty_call<Member> {
public:
  explicit faulty_call(fault_plan plan) {
    count_ = fault_count(plan);
    ancillary::detail::system.*Member = &call;
  }
  ~faulty_call() { ancillary::detail::system.*Member = ancillary::detail::system_calls{}.*Member; }
  faulty_call(const faulty_call&) = delete;
  faulty_call& operator=(const faulty_call&) = delete;

  [[nodiscard]] int calls() const { return count_.calls; }
  [[nodiscard]] int faults() const { return count_.faults; }

private:
  static Result WSAAPI call(Arguments... arguments) {
    if (count_.next_fails()) {
      ::WSASetLastError(count_.error());
      return std::is_same_v<Result, ULONG> ? static_cast<Result>(count_.error())
                                           : static_cast<Result>(SOCKET_ERROR);
    }
    return (ancillary::detail::system_calls{}.*Member)(arguments...);
  }

  inline static fault_count count_{{}};
};

// The same for WSARecvMsg, an extension function; for direct and overlapped calls.
class faulty_receive {
public:
  explicit faulty_receive(fault_plan plan) {
    count_ = fault_count(plan);
    ancillary::detail::system.recvmsg = &call;
  }
  ~faulty_receive() { ancillary::detail::system.recvmsg = nullptr; }
  faulty_receive(const faulty_receive&) = delete;
  faulty_receive& operator=(const faulty_receive&) = delete;

  [[nodiscard]] int calls() const { return count_.calls; }
  [[nodiscard]] int faults() const { return count_.faults; }

private:
  static INT WSAAPI call(SOCKET socket, LPWSAMSG message, LPDWORD received, LPWSAOVERLAPPED pending,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    if (count_.next_fails()) {
      ::WSASetLastError(count_.error());
      return SOCKET_ERROR;
    }
    return real(socket)(socket, message, received, pending, routine);
  }

  static LPFN_WSARECVMSG real(SOCKET socket) {
    static LPFN_WSARECVMSG found = nullptr;
    if (found == nullptr) {
      GUID id = WSAID_WSARECVMSG;
      DWORD bytes = 0;
      ::WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &found, sizeof found,
                 &bytes, nullptr, nullptr);
    }
    return found;
  }

  inline static fault_count count_{{}};
};

} // namespace ancillary_test
