// The sending side of the seam: datagrams with control messages of their own. No types of an
// operating system here; each platform has its .cpp, and tests have send drivers of their own.
#pragma once

#include "common/native_socket.hpp"
#include <ancillary/recvmsg/detail/send_counter_set.hpp>
#include <ancillary/recvmsg/outgoing.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <system_error>

namespace ancillary::detail {

// What one call brought about: the first `sent` are gone. `error` is of the one after them, and
// empty when all are; would_block means that there is no room.
struct send_result {
  std::size_t sent = 0;
  std::error_code error{};
};

// Sends on one socket without blocking.
class send_driver {
public:
  virtual ~send_driver() = default;

  // Counts calls, and what was sent otherwise than asked for; the rest is counted by its caller.
  // It may send fewer than all without an error: then it is to be called again.
  [[nodiscard]] virtual send_result send(std::span<const outgoing> datagrams,
                                         send_counter_set& count) noexcept = 0;
};

// A driver for an open socket.
[[nodiscard]] std::unique_ptr<send_driver> make_send_driver(native_socket socket, bool segment_runs,
                                                            std::error_code& error);

// How many datagrams it becomes.
[[nodiscard]] constexpr std::size_t datagram_count(const outgoing& each) noexcept {
  return each.segment_bytes == 0 || each.payload.size() <= each.segment_bytes
             ? 1
             : (each.payload.size() + each.segment_bytes - 1) / each.segment_bytes;
}

// Alike in everything but their bytes.
[[nodiscard]] bool same_header(const outgoing& a, const outgoing& b) noexcept;

// How many of the first datagrams can leave as one segmented payload: of one size but for the last,
// which may be shorter.
[[nodiscard]] std::size_t run_length(std::span<const outgoing> datagrams) noexcept;

// The most that one segmented payload may hold: that of a UDP datagram over IPv4, and the limit of
// Linux before 6.9 (linux/udp.h, UDP_MAX_SEGMENTS).
inline constexpr std::size_t max_segmented_bytes = 65507;
inline constexpr std::size_t max_segments = 64;

} // namespace ancillary::detail
