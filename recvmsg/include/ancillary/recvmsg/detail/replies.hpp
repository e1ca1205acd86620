#pragma once

#include <ancillary/recvmsg/detail/send_counter_set.hpp>
#include <ancillary/recvmsg/outgoing.hpp>
#include <ancillary/recvmsg/receive_options.hpp>
#include <ancillary/recvmsg/slot_pool.hpp>

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace ancillary::detail {

class reply_queue;
class send_driver;

// What packet::reply() gives to the one who receives: kept until the handler calls of a batch are
// done, and sent then. The memory for it is taken at the first reply.
//
// For the receiving thread alone, save counters().
class replies {
public:
  replies() noexcept;
  replies(const replies&) = delete;
  replies& operator=(const replies&) = delete;
  ~replies();

  // They will leave by this socket, as long as it is open and the same.
  void leave_by(asio::ip::udp::socket& socket, const receive_options& options,
                const slot_pool& pool) noexcept;
  // Or by a handle that stays open.
  void leave_by(asio::ip::udp::socket::native_handle_type handle, const receive_options& options,
                const slot_pool& pool) noexcept;
  // Or by what a test has; after one of the two above.
  void send_through(std::unique_ptr<send_driver> driver);

  void add(const packet& request, std::span<const std::byte> payload, const reply_options& options);

  // To be called before the slots of the batch are given back. False: there is no room for what is
  // left, and to wait was chosen: call again when the socket is writable, before receiving more.
  [[nodiscard]] bool flush() noexcept { return queue_ == nullptr || flush_queue(); }

  // A last attempt; what does not leave is counted as dropped.
  void finish() noexcept;

  [[nodiscard]] send_counters counters() const noexcept { return count_.snapshot(); }

private:
  [[nodiscard]] bool flush_queue() noexcept;
  [[nodiscard]] bool is_usable() const noexcept;
  void make_queue(std::unique_ptr<send_driver> driver);

  asio::ip::udp::socket* socket_ = nullptr;
  std::optional<asio::ip::udp::socket::native_handle_type> handle_;
  bool waits_ = false;
  bool segments_ = false;
  std::size_t capacity_ = 0;
  std::size_t capacity_bytes_ = 0;
  std::unique_ptr<reply_queue> queue_;
  send_counter_set count_;
};

} // namespace ancillary::detail
