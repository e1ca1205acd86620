// The replies of one loop, queued until the handler calls of their batch have returned.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/detail/reply_sink.hpp>
#include <ancillary/recvmsg/detail/send_counter_set.hpp>
#include <ancillary/recvmsg/outgoing.hpp>

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace ancillary::detail {

class send_driver;

// The queue holds `capacity` replies and `capacity_bytes` of payload; beyond that it sends earlier.
struct reply_queue_options {
  full_send_buffer when_full = full_send_buffer::drop;
  bool segment_runs = false;
  bool segment_offload = true;
  std::size_t capacity = 0;
  std::size_t capacity_bytes = 0;
};

// For its loop's thread only, except counters(). Allocates all memory at the first reply. Only a
// queue that waits for the send buffer allocates more, if the replies of a batch exceed its
// capacity.
class ANCILLARY_API reply_queue final : public reply_sink {
public:
  reply_queue() noexcept;
  reply_queue(const reply_queue&) = delete;
  reply_queue& operator=(const reply_queue&) = delete;
  ~reply_queue();

  // Sends replies on this socket while it is open and unchanged.
  void leave_by(asio::ip::udp::socket& socket, const reply_queue_options& options) noexcept;
  // Sends replies on a handle that stays open.
  void leave_by(asio::ip::udp::socket::native_handle_type handle,
                const reply_queue_options& options) noexcept;
  // Sends replies by a given driver, for tests.
  void leave_by(std::unique_ptr<send_driver> driver, const reply_queue_options& options) noexcept;

  // Queues a reply. Counts it as an error if it cannot be sent.
  void add(const packet& request, std::span<const std::byte> payload,
           const reply_options& options) override;

  // A place for a reply with this payload, which is set; the caller must set every other member,
  // because places are reused. `stays`: the payload is unchanged until the next flush; otherwise it
  // is copied. Null if no datagram can hold the payload, which is counted.
  [[nodiscard]] outgoing* add(std::span<const std::byte> payload, bool stays);

  // Sends the queued replies; call it before returning the slots of the batch. False if the send
  // buffer is full and this queue waits: the remaining replies are kept with copies of their
  // payloads. Call again when the socket is writable, before receiving more.
  [[nodiscard]] bool flush() noexcept { return first_ == end_ || flush_rest(); }

  // Makes a last attempt and counts unsent replies as dropped.
  void finish() noexcept;

  [[nodiscard]] send_counters counters() const noexcept { return count_.snapshot(); }

private:
  [[nodiscard]] bool is_usable() const noexcept;
  [[nodiscard]] bool make_ready();
  [[nodiscard]] bool flush_rest() noexcept;
  void drop() noexcept;
  [[nodiscard]] bool has_room(std::size_t bytes) const noexcept;
  [[nodiscard]] outgoing& next_place();
  void clear() noexcept;
  [[nodiscard]] std::span<const std::byte> keep(std::span<const std::byte> bytes);
  [[nodiscard]] bool is_kept(std::span<const std::byte> bytes) const noexcept;
  void keep_all();

  asio::ip::udp::socket* socket_ = nullptr;
  std::optional<asio::ip::udp::socket::native_handle_type> handle_;
  reply_queue_options options_{};
  bool blocked_ = false; // the send buffer was full since the last flush began

  std::unique_ptr<send_driver> driver_; // null until the first reply
  std::vector<outgoing> places_;
  std::size_t first_ = 0; // those before it are sent
  std::size_t end_ = 0;   // those from here on are unused
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::size_t chunk_ = 0;      // the chunk being filled
  std::size_t used_bytes_ = 0; // of this chunk
  send_counter_set count_;
};

} // namespace ancillary::detail
