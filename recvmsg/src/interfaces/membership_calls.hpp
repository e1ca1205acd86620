// Joining and leaving one group on one interface.
#pragma once

#include "common/native_socket.hpp"
#include <ancillary/recvmsg/network_interface.hpp>
#include <ancillary/recvmsg/options/interface_selector.hpp>

#include <asio/ip/address.hpp>
#include <optional>
#include <string>
#include <system_error>

namespace ancillary::detail {

// What is joined; the group has no scope ID.
struct group_and_source {
  asio::ip::address group;
  std::optional<asio::ip::address> source;

  friend bool operator==(const group_and_source&, const group_and_source&) = default;
};

// Throws what options::join_group and options::join_source_group throw.
void require_joinable(native_socket socket, const group_and_source& what);

struct join_result {
  std::error_code error = {};
  options::interface_selector by = {}; // how the interface was named, for leaving
};

// Takes over a membership that the socket has already. It may be one that its interface left
// behind, of which nothing arrives.
[[nodiscard]] join_result join_on(native_socket socket, const group_and_source& what,
                                  const network_interface& on);

// Also on an interface that is gone: the socket's entry remains on Linux, and counts towards its
// limit.
std::error_code leave_on(native_socket socket, const group_and_source& what,
                         const options::interface_selector& by) noexcept;

// The option that was refused, what would help, and the system's reason.
[[nodiscard]] std::string refusal_of_join(const group_and_source& what,
                                          const std::error_code& error);

} // namespace ancillary::detail
