// The metadata set-up in a Linux program with a stand-in: the options of Windows
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

socket_facts facts_of(int socket) {
  socket_facts facts;
  sockaddr_storage address{};
  socklen_t bytes = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &bytes);
  facts.is_v6 = address.ss_family == AF_INET6;
  facts.is_bound = reinterpret_cast<const sockaddr_in*>(&address)->sin_port != 0;
  facts.is_connected = ::getpeername(socket, reinterpret_cast<sockaddr*>(&address), &bytes) == 0;
  return facts;
}

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
  case winsock::invalid_argument:
    return asio::error::invalid_argument;
  default:
    return asio::error::operation_not_supported;
  }
}

} // namespace

stand_in::stand_in(windows_profile profile) {
  now.profile = profile;
  only = this;
  note_departures(true);
}

stand_in::~stand_in() {
  note_departures(false);
  only = nullptr;
}

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
      state.set_option(machine.now, ancillary_test::facts_of(socket),
                       {option.level, option.name, sizeof(std::uint32_t),
                        option == windows_option::coalescing ? max_coalesced_bytes : 1});
  // Before the bind, like the options of Windows.
  ancillary_test::ask_linux_for_everything(socket);
  return ancillary_test::in_words_of_linux(
      answer.value_or(ancillary_test::winsock::no_protocol_option));
}

bool switch_off_coalescing(native_socket socket) noexcept {
  stand_in& machine = *stand_in::current();
  return machine.of(socket).set_option(machine.now, ancillary_test::facts_of(socket),
                                       {windows_option::coalescing.level,
                                        windows_option::coalescing.name, sizeof(std::uint32_t),
                                        0}) == 0u;
}

bool is_v6_only(native_socket socket, std::error_code& error) noexcept {
  error.clear();
  constexpr int windows_v6_only = 27; // ws2ipdef.h
  if (const auto told =
          ancillary_test::answer_to_get(stand_in::current()->now, ancillary_test::facts_of(socket),
                                        {IPPROTO_IPV6, windows_v6_only, 4})) {
    return told->value != 0;
  }
  int value = 0;
  socklen_t bytes = sizeof value;
  ::getsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &value, &bytes);
  return value != 0;
}

bool is_faulty_beside_coalescing(field what) noexcept {
  return is_faulty_beside_coalescing(ancillary_test::build_of(stand_in::current()->now.profile),
                                     what);
}

} // namespace ancillary::detail
