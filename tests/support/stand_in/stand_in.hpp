// A stand-in for the Windows stack, on real sockets. In a Windows program it replaces every system
// call that the library makes on a socket (tests/stand_in/system_calls.txt), while Asio's own calls
// use the real stack. In a Linux program it replaces the metadata set-up and the drivers, and
// converts the metadata of Linux into that of Windows.
//
// It adds what the real socket lacks: the set of options, control messages in the layout of
// Windows, coalescing, flags and errors. It cannot show the behaviour of a real Windows stack.
//
// One at a time, while no loop runs; all of its sockets are used on one thread.
#pragma once

#include "conditions.hpp"
#include "departure.hpp"
#include "windows_answers.hpp"
#include "windows_socket.hpp"
#include <ancillary/recvmsg/network_interface.hpp>

#include <algorithm>
#include <asio/io_context.hpp>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace ancillary_test {

class stand_in {
public:
  explicit stand_in(windows_profile profile);
  ~stand_in();
  stand_in(const stand_in&) = delete;
  stand_in& operator=(const stand_in&) = delete;

  // The existing one, or null.
  [[nodiscard]] static stand_in* current() noexcept;

  // The context to which completions of overlapped receives are posted.
  void run_on(asio::io_context& io) noexcept { io_ = &io; }
  [[nodiscard]] asio::io_context* context() const noexcept { return io_; }

  template <class NativeHandle>
  [[nodiscard]] windows_socket& of(NativeHandle socket) {
    return sockets_[number_of(socket)];
  }

  // Whether the library has set this option on any socket.
  [[nodiscard]] bool has_set(int level, int name) const {
    return std::any_of(sockets_.begin(), sockets_.end(), [&](const auto& each) {
      return each.second.options().contains({level, name});
    });
  }

  template <class NativeHandle>
  void forget(NativeHandle socket) {
    sockets_.erase(number_of(socket));
  }

  // Makes the next receive fail with an ICMP error or any other failure.
  template <class NativeHandle>
  void icmp(NativeHandle socket, receive_failure which) {
    of(socket).icmp(which);
    nudge(number_of(socket));
  }
  template <class NativeHandle>
  void report(NativeHandle socket, const network_error& error) {
    of(socket).report(now, error);
    nudge(number_of(socket));
  }
  template <class NativeHandle>
  void fail(NativeHandle socket, receive_failure with) {
    of(socket).fail(with);
    nudge(number_of(socket));
  }

  conditions now;

  // The interfaces of the machine, instead of the real ones. Their index is for both families.
  std::optional<std::vector<ancillary::network_interface>> interfaces;
  // Calls those who registered for changes, on another thread, as the system does, and returns when
  // they have returned. Reports what is different in `interfaces` since the last report, for each
  // family by itself. `removed`: the index of an interface that was removed and is another one if
  // it is still there; or its `family` was. The sockets' memberships end with it.
  void report_change(std::uint32_t removed = 0,
                     std::optional<ancillary::ip_family> family = std::nullopt);
  // Registrations for changes that were not cancelled.
  int registrations = 0;

  // Sockets that the library opened itself and has not closed.
  int open_sockets = 0;
  int trials = 0; // sockets that it has opened or tried to open

  // The datagrams that the library sent.
  std::vector<departure> departures;

private:
  template <class NativeHandle>
  static std::uintptr_t number_of(NativeHandle socket) {
    return static_cast<std::uintptr_t>(socket);
  }

  void end_memberships(std::uint32_t index, bool of_ipv6);

  // Makes a pending receive check again for datagrams.
  void nudge(std::uintptr_t socket);

  asio::io_context* io_ = nullptr;
  std::unordered_map<std::uintptr_t, windows_socket> sockets_;
};

} // namespace ancillary_test
