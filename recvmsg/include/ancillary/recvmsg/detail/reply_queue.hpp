// Replies of one loop that wait until the handler calls of their batch are done.
#pragma once

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

// Room for `capacity` replies and `capacity_bytes` of their payloads; more are sent earlier.
struct reply_queue_options {
  full_send_buffer when_full = full_send_buffer::drop;
  bool segment_runs = false;
  std::size_t capacity = 0;
  std::size_t capacity_bytes = 0;
};

// For its loop's thread alone, save counters(). All memory is taken at the first reply; only a
// queue that waits takes more, when the replies of a batch are more than there is room for.
class reply_queue final : public reply_sink {
public:
  reply_queue() noexcept;
  reply_queue(const reply_queue&) = delete;
  reply_queue& operator=(const reply_queue&) = delete;
  ~reply_queue();

  // Replies leave by this socket, as long as it is open and the same.
  void leave_by(asio::ip::udp::socket& socket, const reply_queue_options& options) noexcept;
  // Or by a handle that stays open.
  void leave_by(asio::ip::udp::socket::native_handle_type handle,
                const reply_queue_options& options) noexcept;
  // Or by a given driver; what tests use.
  void leave_by(std::unique_ptr<send_driver> driver, const reply_queue_options& options) noexcept;

  // Makes a reply. What cannot be sent is counted.
  void add(const packet& request, std::span<const std::byte> payload,
           const reply_options& options) override;

  // A place for a reply with this payload, which is set; the caller sets every other member, since
  // the place may have served before. `stays`: the bytes stay as they are until the next flush, or
  // else they are copied here. Null: no datagram can hold it, which is counted.
  [[nodiscard]] outgoing* add(std::span<const std::byte> payload, bool stays);

  // Sends what is there; to be called before the slots of the batch are given back. False: the send
  // buffer is full and this queue waits. The rest is kept, with copies of all payloads: call again
  // when the socket is writable, before receiving more.
  [[nodiscard]] bool flush() noexcept { return first_ == end_ || flush_rest(); }

  // A last attempt; what does not leave is counted as dropped.
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
  bool blocked_ = false; // found no room since the last flush began

  std::unique_ptr<send_driver> driver_; // null until the first reply
  std::vector<outgoing> places_;
  std::size_t first_ = 0; // those before it are gone
  std::size_t end_ = 0;   // those from here on are free
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::size_t chunk_ = 0;      // the one that is being filled
  std::size_t used_bytes_ = 0; // of it
  send_counter_set count_;
};

} // namespace ancillary::detail
