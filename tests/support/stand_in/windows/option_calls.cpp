#include "calls.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace ancillary_test {

namespace real = ancillary::detail::real_calls;

namespace {

constexpr DWORD timestamping = IOC_IN | IOC_VENDOR | 235;    // SIO_TIMESTAMPING
constexpr DWORD cpu_affinity = IOC_IN | IOC_VENDOR | 21;     // SIO_CPU_AFFINITY
constexpr DWORD connection_reset = IOC_IN | IOC_VENDOR | 12; // SIO_UDP_CONNRESET
constexpr DWORD network_reset = IOC_IN | IOC_VENDOR | 15;    // SIO_UDP_NETRESET

std::uint32_t number_in(const char* value, int bytes) {
  DWORD number = 0;
  if (bytes == sizeof number) {
    std::memcpy(&number, value, sizeof number);
  }
  return number;
}

// IP_ADD_MEMBERSHIP and IP_DROP_MEMBERSHIP have the numbers of IPV6_ADD_MEMBERSHIP and
// IPV6_DROP_MEMBERSHIP. The real socket joins and leaves; row 27: the second join of a group.
int set_membership(SOCKET socket, int level, int name, const char* value, int bytes) {
  stand_in& machine = *stand_in::current();
  auto& groups = machine.of(socket).groups;
  const std::pair group(level, std::string(value, static_cast<std::size_t>(bytes)));
  const bool joins = name == IP_ADD_MEMBERSHIP;
  if (joins && groups.contains(group)) {
    const std::uint32_t answer = machine.now.answer_to_second_join;
    return answer == 0 ? 0 : fail(answer);
  }
  const int result = real::setsockopt(socket, level, name, value, bytes);
  if (result == 0 && joins) {
    groups.insert(group);
  } else if (result == 0) {
    groups.erase(group);
  }
  return result;
}

bool is_membership(int level, int name) noexcept {
  return (level == IPPROTO_IP || level == IPPROTO_IPV6) &&
         (name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP);
}

} // namespace

void ask_for_everything(SOCKET socket) {
  const DWORD on = 1;
  for (const int level : {0 /* IPPROTO_IP */, 41 /* IPPROTO_IPV6 */}) {
    for (const int name : {IP_PKTINFO, IP_RECVTTL, 40 /* IP_RECVTOS */}) {
      real::setsockopt(socket, level, name, reinterpret_cast<const char*>(&on), sizeof on);
    }
  }
}

int WSAAPI set_option(SOCKET socket, int level, int name, const char* value, int bytes) {
  stand_in& machine = *stand_in::current();
  const option_call call{level, name, static_cast<std::size_t>(std::max(bytes, 0)),
                         number_in(value, bytes)};
  const auto answer = machine.of(socket).set_option(machine.now, facts_of(socket), call);
  if (!answer && bytes > 0) {
    const auto scripted = set_scripted_membership(
        socket, level, name,
        {reinterpret_cast<const std::byte*>(value), static_cast<std::size_t>(bytes)});
    if (scripted) {
      return *scripted;
    }
  }
  if (!answer) {
    return is_membership(level, name) ? set_membership(socket, level, name, value, bytes)
                                      : real::setsockopt(socket, level, name, value, bytes);
  }
  ask_for_everything(socket); // before the bind, like the options themselves
  return *answer == 0 ? 0 : fail(*answer);
}

int WSAAPI get_option(SOCKET socket, int level, int name, char* value, int* bytes) {
  stand_in& machine = *stand_in::current();
  const option_call call{level, name, static_cast<std::size_t>(*bytes)};
  const auto told = machine.of(socket).get_option(machine.now, facts_of(socket), call);
  if (!told) {
    return real::getsockopt(socket, level, name, value, bytes);
  }
  if (told->error != 0) {
    return fail(told->error);
  }
  std::memcpy(value, &told->value, std::min(told->bytes_written, call.bytes));
  return 0;
}

// The real stack lets two sockets share a port only if both ask for it.
std::uint32_t set_processor(SOCKET socket, const void* in, DWORD bytes) {
  stand_in& machine = *stand_in::current();
  if (machine.now.by_processor == processor_sockets::refused) {
    return winsock::not_supported;
  }
  USHORT number = 0;
  if (bytes < sizeof number) {
    return winsock::fault;
  }
  std::memcpy(&number, in, sizeof number);
  machine.of(socket).processor = number;
  if (machine.now.by_processor == processor_sockets::shared_port) {
    const BOOL on = TRUE;
    real::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, reinterpret_cast<const char*>(&on),
                     sizeof on);
  }
  return 0;
}

int WSAAPI control(SOCKET socket, DWORD code, LPVOID in, DWORD in_bytes, LPVOID out,
                   DWORD out_bytes, LPDWORD returned, LPWSAOVERLAPPED overlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  stand_in& machine = *stand_in::current();
  std::uint32_t answer = 0;
  if (!facts_of(socket).is_open) {
    answer = winsock::not_a_socket;
  } else if (code == timestamping) {
    // TIMESTAMPING_CONFIG, mstcpip.h: a ULONG and a USHORT.
    answer = in_bytes < 8 ? winsock::fault : machine.of(socket).switch_timestamps(machine.now);
  } else if (code == cpu_affinity) {
    answer = set_processor(socket, in, in_bytes);
  } else if (code == connection_reset || code == network_reset) {
    ask_for_everything(socket); // the first call of every driver
    const bool report = in_bytes == sizeof(BOOL) && *static_cast<const BOOL*>(in) != FALSE;
    answer = in_bytes < sizeof(BOOL)
                 ? winsock::fault
                 : machine.of(socket).switch_icmp_error(
                       machine.now,
                       code == connection_reset ? port_unreachable : hop_limit_exceeded, report);
  } else {
    return real::ioctl(socket, code, in, in_bytes, out, out_bytes, returned, overlapped, routine);
  }
  return answer == 0 ? 0 : fail(answer);
}

DWORD WINAPI build_number() { return build_of(stand_in::current()->now.profile); }

} // namespace ancillary_test
