// The set-up of metadata in a Linux program with a stand-in: the options of Windows
// (windows_metadata_options.cpp), answered by the stand-in.

#include "../stand_in.hpp"
#include "linux_drivers.hpp"
#include "platform/windows_metadata_options.hpp"

#include <asio/error.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

namespace ancillary_test {

namespace {

stand_in* only = nullptr;

} // namespace

void ask_linux_for_everything(int socket) {
  const int on = 1;
  for (const auto& [level, name] :
       {std::pair{IPPROTO_IP, IP_PKTINFO}, std::pair{IPPROTO_IP, IP_RECVTTL},
        std::pair{IPPROTO_IP, IP_RECVTOS}, std::pair{IPPROTO_IPV6, IPV6_RECVPKTINFO},
        std::pair{IPPROTO_IPV6, IPV6_RECVHOPLIMIT}, std::pair{IPPROTO_IPV6, IPV6_RECVTCLASS}}) {
    ::setsockopt(socket, level, name, &on, sizeof on);
  }
}

namespace {

std::error_code in_words_of_linux(std::uint32_t code) {
  switch (code) {
  case 0:
    return {};
  case winsock::no_protocol_option:
    return asio::error::no_protocol_option;
  default:
    return asio::error::operation_not_supported;
  }
}

} // namespace

stand_in::stand_in(windows_profile profile) {
  now.profile = profile;
  only = this;
}

stand_in::~stand_in() { only = nullptr; }

stand_in* stand_in::current() noexcept { return only; }

} // namespace ancillary_test

namespace ancillary::detail {

using ancillary_test::stand_in;

std::error_code switch_on(native_socket socket, option_number option,
                          std::uint32_t max_coalesced_bytes) noexcept {
  stand_in& machine = *stand_in::current();
  auto& state = machine.of(socket);
  if (option == windows_option::timestamping) {
    const auto answer = state.switch_timestamps(machine.now);
    return ancillary_test::in_words_of_linux(answer);
  }
  const auto answer =
      state.set_option(machine.now, option.level, option.name,
                       option == windows_option::coalescing ? max_coalesced_bytes : 1);
  // Before the socket is bound, as the options of Windows themselves.
  ancillary_test::ask_linux_for_everything(socket);
  return ancillary_test::in_words_of_linux(
      answer.value_or(ancillary_test::winsock::no_protocol_option));
}

bool switch_off_coalescing(native_socket socket) noexcept {
  stand_in& machine = *stand_in::current();
  return machine.of(socket).set_option(machine.now, windows_option::coalescing.level,
                                       windows_option::coalescing.name, 0) == 0u;
}

std::optional<bool> v6_only(native_socket socket) noexcept {
  int value = 0;
  socklen_t bytes = sizeof value;
  if (::getsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &value, &bytes) != 0) {
    return {};
  }
  return value != 0;
}

} // namespace ancillary::detail
