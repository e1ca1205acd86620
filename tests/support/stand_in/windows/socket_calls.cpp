// Opening, closing and inspecting sockets.
#include "calls.hpp"

namespace ancillary_test {

namespace real = ancillary::detail::real_calls;

int fail(std::uint32_t code) {
  ::WSASetLastError(static_cast<int>(code));
  return SOCKET_ERROR;
}

socket_facts facts_of(SOCKET socket) {
  socket_facts facts;
  WSAPROTOCOL_INFOW protocol{};
  int size = sizeof protocol;
  facts.is_open = real::getsockopt(socket, SOL_SOCKET, SO_PROTOCOL_INFOW,
                                   reinterpret_cast<char*>(&protocol), &size) == 0;
  facts.is_v6 = protocol.iAddressFamily == AF_INET6;
  sockaddr_storage address{};
  size = sizeof address;
  facts.is_bound = ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
                   reinterpret_cast<const sockaddr_in*>(&address)->sin_port != 0;
  size = sizeof address;
  facts.is_connected = ::getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  return facts;
}

SOCKET WSAAPI open_socket(int family, int type, int protocol) {
  stand_in& machine = *stand_in::current();
  ++machine.trials;
  if (machine.now.sockets_without_memory != 0) {
    --machine.now.sockets_without_memory;
    fail(winsock::no_buffer_space);
    return INVALID_SOCKET;
  }
  if (family == AF_INET6 && !machine.now.has_ipv6) {
    fail(winsock::family_not_supported);
    return INVALID_SOCKET;
  }
  const SOCKET made = real::socket(family, type, protocol);
  machine.open_sockets += made == INVALID_SOCKET ? 0 : 1;
  return made;
}

int WSAAPI close_socket(SOCKET socket) {
  stand_in& machine = *stand_in::current();
  if (!facts_of(socket).is_open) {
    return fail(winsock::not_a_socket);
  }
  --machine.open_sockets;
  machine.forget(socket); // its number may be reused
  return real::closesocket(socket);
}

int WSAAPI get_name(SOCKET socket, sockaddr* name, int* bytes) {
  const socket_facts facts = facts_of(socket);
  if (!facts.is_open || !facts.is_bound) {
    return fail(facts.is_open ? winsock::invalid_argument : winsock::not_a_socket);
  }
  return real::getsockname(socket, name, bytes);
}

// FIONBIO and FIONREAD: the third, SIOCATMARK, is for streams only.
int WSAAPI io_control(SOCKET socket, long command, u_long* argument) {
  if (!facts_of(socket).is_open) {
    return fail(winsock::not_a_socket);
  }
  const bool sets_mode = command == static_cast<long>(FIONBIO);
  const bool is_known = sets_mode || command == static_cast<long>(FIONREAD);
  if (!is_known || argument == nullptr) {
    return fail(argument == nullptr ? winsock::fault : winsock::invalid_argument);
  }
  if (!sets_mode) {
    return real::ioctlsocket(socket, command, argument);
  }
  stand_in::current()->of(socket).set_blocking(*argument == 0);
  return real::ioctlsocket(socket, command, argument);
}

} // namespace ancillary_test
