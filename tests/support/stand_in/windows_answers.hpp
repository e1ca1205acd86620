// The answers of Windows socket calls, except for datagrams. Written from the documented facts,
// independently of the library: "row N" is a row of docs/windows.md, which names its source.
#pragma once

#include "conditions.hpp"
#include <ancillary/decoders/metadata.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace ancillary_test {

// The state of a socket: its family and set-up.
struct socket_facts {
  bool is_open = true;
  bool is_v6 = false;
  bool is_bound = false;
  bool is_connected = false;
};

// The arguments of setsockopt or getsockopt.
struct option_call {
  int level;
  int name;
  std::size_t bytes;
  std::uint32_t value =
      0; // the value to set, if it has 4 bytes; for getsockopt, the value set before
};

// The answer as a Winsock code, 0 if accepted. Empty: the real socket answers.
[[nodiscard]] std::optional<std::uint32_t>
answer_to_set(const conditions& now, const socket_facts& socket, const option_call& call);

// The result of getsockopt, if the stand-in answers it.
struct told_option {
  std::uint32_t error = 0;
  std::uint32_t value = 0;
  std::size_t bytes_written = 4;
};
[[nodiscard]] std::optional<told_option>
answer_to_get(const conditions& now, const socket_facts& socket, const option_call& call);

// WSASendMsg with these control messages: 0, or the error.
[[nodiscard]] std::uint32_t answer_to_send(const conditions& now, const ancillary::metadata& asked,
                                           bool is_segmented);

// WSARecvMsg on the socket: 0, or the error.
[[nodiscard]] std::uint32_t answer_to_receive(const socket_facts& socket) noexcept;

// Two sockets bound to the wildcard address on one port.
struct port_use {
  bool takes_ipv4;
  bool takes_ipv6;
  bool is_exclusive; // SO_EXCLUSIVEADDRUSE
};
enum class port_owner : std::uint8_t { nobody, asked, there };
struct bind_answer {
  std::uint32_t error = 0;
  port_owner gets_no_ipv4 = port_owner::nobody;
};
// bind() of `asked` while `there` is bound.
[[nodiscard]] bind_answer answer_to_bind(const port_use& asked, const port_use& there) noexcept;

} // namespace ancillary_test
