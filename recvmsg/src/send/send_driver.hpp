// The operating system interface for sending datagrams with control messages, without types of an
// operating system; one .cpp for each platform, and tests have their own send drivers.
#pragma once

#include "common/native_socket.hpp"
#include <ancillary/recvmsg/detail/send_counter_set.hpp>
#include <ancillary/recvmsg/outgoing.hpp>
#include <ancillary/recvmsg/sender.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <system_error>

namespace ancillary::detail {

// The result of one call: the first `sent` datagrams were sent. `error` belongs to the next one and
// is empty if all were sent; would_block means that the send buffer is full.
struct send_result {
  std::size_t sent = 0;
  std::error_code error{};
};

// Sends on one socket without blocking.
class send_driver {
public:
  virtual ~send_driver() = default;

  // Counts calls and deviations from the request; the caller counts the rest. May send fewer than
  // all without an error: then call it again.
  [[nodiscard]] virtual send_result send(std::span<const outgoing> datagrams,
                                         send_counter_set& count) noexcept = 0;
};

// A driver for an open socket.
[[nodiscard]] std::unique_ptr<send_driver>
make_send_driver(native_socket socket, const sender_options& options, std::error_code& error);

// The number of datagrams in a payload.
[[nodiscard]] constexpr std::size_t datagram_count(const outgoing& each) noexcept {
  return each.segment_bytes == 0 || each.payload.size() <= each.segment_bytes
             ? 1
             : (each.payload.size() + each.segment_bytes - 1) / each.segment_bytes;
}

// Whether the two differ only in their payload.
[[nodiscard]] bool same_header(const outgoing& a, const outgoing& b) noexcept;

// How many of the first datagrams can leave as one segmented payload: all of one size except the
// last, which may be shorter.
[[nodiscard]] std::size_t run_length(std::span<const outgoing> datagrams) noexcept;

// The limit of one segmented payload: the payload of a UDP datagram over IPv4, and Linux's limit
// before 6.9 (linux/udp.h, UDP_MAX_SEGMENTS).
inline constexpr std::size_t max_segmented_bytes = 65507;
inline constexpr std::size_t max_segments = 64;

} // namespace ancillary::detail
