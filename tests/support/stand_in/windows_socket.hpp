// One socket of a stand-in: its enabled options and its pending datagrams.
#pragma once

#include "control_messages.hpp"
#include "windows_answers.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ancillary_test {

// A receive error: its code in a direct call and on a completion port.
struct receive_failure {
  std::uint32_t direct;
  std::uint32_t completion;
};

inline constexpr receive_failure port_unreachable{winsock::connection_reset, 1234};
inline constexpr receive_failure hop_limit_exceeded{winsock::network_reset, 0xC000A012};

// An ICMP error about a datagram that the socket sent. Row 25: it may get into an error queue, as
// IN_RECVERR (ws2ipdef.h).
struct network_error {
  receive_failure failure; // of a receive call, without an error queue
  asio::ip::udp::endpoint remote;
  std::uint32_t protocol; // IPPROTO_ICMP 1, IPPROTO_ICMPV6 58
  std::uint32_t info;     // the MTU
  std::uint8_t type;
  std::uint8_t code;
  std::vector<std::byte> payload{};

  // The control data of its entry.
  [[nodiscard]] std::vector<std::byte> control(ancillary::layout_id layout) const;
};

// WSAMSG.dwFlags, ws2def.h.
namespace message_flag {
inline constexpr std::uint32_t truncated = 0x100;
inline constexpr std::uint32_t control_truncated = 0x200;
inline constexpr std::uint32_t broadcast = 0x400;
inline constexpr std::uint32_t multicast = 0x800;
inline constexpr std::uint32_t error_queue = 0x1000;
} // namespace message_flag

// The result of a receive call.
struct outcome {
  receive_failure error{}; // with direct code message_size there is also a datagram
  std::size_t payload_bytes = 0;
  std::size_t control_bytes = 0;
  std::uint32_t flags = 0;
  asio::ip::udp::endpoint remote;

  [[nodiscard]] bool has_datagram() const {
    return error.direct == 0 || error.direct == winsock::message_size;
  }
};

class windows_socket {
public:
  // Returns a Winsock code, 0 if accepted; empty: passes through.
  std::optional<std::uint32_t> set_option(const conditions& now, const socket_facts& facts,
                                          const option_call& call);
  [[nodiscard]] std::optional<told_option>
  get_option(const conditions& now, const socket_facts& facts, option_call call) const;
  std::uint32_t switch_timestamps(const conditions& now);
  std::uint32_t switch_icmp_error(const conditions& now, receive_failure which, bool report);

  // An ICMP error: the next receive returns it, unless it is disabled.
  void icmp(receive_failure which);
  // An error about a sent datagram, in the form that the machine has for it.
  void report(const conditions& now, const network_error& error);
  // A receive with MSG_ERRQUEUE.
  outcome take_error(const conditions& now, std::span<std::byte> payload,
                     std::span<std::byte> control);
  std::size_t asked_for_errors = 0; // the number of those

  // Any other error, which cannot be disabled.
  void fail(receive_failure with) { waiting_.emplace_back(with); }

  void arrive(arrival datagram) { waiting_.emplace_back(std::move(datagram)); }
  [[nodiscard]] bool has_something() const { return !waiting_.empty(); }

  // Takes the next pending datagram into these buffers. Without one, it would block.
  outcome take(const conditions& now, std::span<std::byte> payload, std::span<std::byte> control);

  [[nodiscard]] bool coalesces() const { return max_coalesced_bytes_ != 0; }
  [[nodiscard]] const auto& options() const { return on_.options; }

  // The groups that the socket has joined, as the bytes of the option.
  std::set<std::pair<int, std::string>> groups; // level and value
  // The same on the interfaces of the machine: the value, and the interface's index.
  std::set<std::pair<std::string, std::uint32_t>> memberships;

  // SIO_CPU_AFFINITY.
  std::optional<std::uint16_t> processor;

  // FIONBIO. Asio's own calls do not reach the stand-in.
  void set_blocking(bool blocks) { blocks_ = blocks; }
  [[nodiscard]] bool blocks() const { return blocks_; }

private:
  arrival take_coalesced(const conditions& now, std::optional<std::uint32_t>& segment_bytes);

  switched_on on_;
  std::map<std::pair<int, int>, std::uint32_t> values_; // by level and name, as set
  bool blocks_ = true;
  bool reports_port_unreachable_ = true;
  bool reports_hop_limit_exceeded_ = true;
  std::uint32_t max_coalesced_bytes_ = 0;
  std::deque<std::variant<arrival, receive_failure, network_error>> waiting_;
  std::deque<network_error> errors_;
};

} // namespace ancillary_test
