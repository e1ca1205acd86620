// A stand-in for the Windows stack, over real sockets. In a Windows program it stands behind every
// system call that the library makes on a socket (tests/stand_in/system_calls.txt), and what Asio
// calls itself goes to the real stack; in a Linux program, which then has its set-up of metadata
// and its drivers from here, it turns what Linux tells into what Windows would.
//
// What it adds is what the real socket under it lacks: which options there are, control messages
// in the layout of Windows, coalescing, flags and errors. What it cannot show is what the real
// stack of a Windows does.
//
// One at a time, while no loop runs; all of its sockets are used on one thread.
#pragma once

#include "conditions.hpp"
#include "departure.hpp"
#include "windows_answers.hpp"
#include "windows_socket.hpp"

#include <asio/io_context.hpp>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace ancillary_test {

class stand_in {
public:
  explicit stand_in(windows_profile profile);
  ~stand_in();
  stand_in(const stand_in&) = delete;
  stand_in& operator=(const stand_in&) = delete;

  // The one that there is, or null.
  [[nodiscard]] static stand_in* current() noexcept;

  // Where sockets receive overlapped: completions are posted there.
  void run_on(asio::io_context& io) noexcept { io_ = &io; }
  [[nodiscard]] asio::io_context* context() const noexcept { return io_; }

  template <class NativeHandle>
  [[nodiscard]] windows_socket& of(NativeHandle socket) {
    return sockets_[number_of(socket)];
  }

  template <class NativeHandle>
  void forget(NativeHandle socket) {
    sockets_.erase(number_of(socket));
  }

  // An ICMP error, or any failure, for the next receive.
  template <class NativeHandle>
  void icmp(NativeHandle socket, receive_failure which) {
    of(socket).icmp(which);
    nudge(number_of(socket));
  }
  template <class NativeHandle>
  void fail(NativeHandle socket, receive_failure with) {
    of(socket).fail(with);
    nudge(number_of(socket));
  }

  conditions now;

  // Those that the library has made itself, and not closed.
  int open_sockets = 0;
  int trials = 0; // sockets that it has made at all

  // What the program has sent by the library.
  std::vector<departure> departures;

private:
  template <class NativeHandle>
  static std::uintptr_t number_of(NativeHandle socket) {
    return static_cast<std::uintptr_t>(socket);
  }

  // Has a receive that is pending look again at what waits.
  void nudge(std::uintptr_t socket);

  asio::io_context* io_ = nullptr;
  std::unordered_map<std::uintptr_t, windows_socket> sockets_;
};

} // namespace ancillary_test
