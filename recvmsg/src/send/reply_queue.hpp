// Replies of one loop that wait until the handler calls of their batch are done.
#pragma once

#include "send/send_driver.hpp"
#include <ancillary/recvmsg/detail/send_counter_set.hpp>
#include <ancillary/recvmsg/outgoing.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace ancillary::detail {

// What becomes of replies for which the send buffer has no room.
enum class when_full : bool { drop, wait };

// Sets every member to what a reply to `request` is to be.
void make_reply(outgoing& reply, const packet& request, std::span<const std::byte> payload,
                const reply_options& options) noexcept;

// For its loop's thread alone. All memory is taken when it is made; only a queue that waits takes
// more, when the replies of a batch are more than there is room for.
class reply_queue {
public:
  // Room for `capacity` replies and `capacity_bytes` of their payloads; more are sent earlier.
  reply_queue(std::unique_ptr<send_driver> driver, when_full full, std::size_t capacity,
              std::size_t capacity_bytes, send_counter_set& count);

  // A place for a reply with this payload, which is set; the caller sets every other member, since
  // the place may have served before. `stays`: the bytes stay as they are until the next flush, or
  // else they are copied here. Null: no datagram can hold it, which is counted.
  [[nodiscard]] outgoing* add(std::span<const std::byte> payload, bool stays);

  // Sends what is there. False: the send buffer is full and this queue waits; the rest is kept,
  // with copies of all payloads.
  [[nodiscard]] bool flush() noexcept;

  // Gives up what is left, and counts it.
  void drop() noexcept;

private:
  [[nodiscard]] bool has_room(std::size_t bytes) const noexcept;
  [[nodiscard]] outgoing& next_place();
  void clear() noexcept;
  [[nodiscard]] std::span<const std::byte> keep(std::span<const std::byte> bytes);
  [[nodiscard]] bool is_kept(std::span<const std::byte> bytes) const noexcept;
  void keep_all();

  const std::unique_ptr<send_driver> driver_;
  send_counter_set& count_;
  const when_full full_;
  const std::size_t chunk_bytes_;
  bool blocked_ = false; // found no room since the last flush began

  const std::size_t capacity_;
  std::vector<outgoing> places_;
  std::size_t first_ = 0; // those before it are gone
  std::size_t end_ = 0;   // those from here on are free
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::size_t chunk_ = 0;      // the one that is being filled
  std::size_t used_bytes_ = 0; // of it
};

} // namespace ancillary::detail
