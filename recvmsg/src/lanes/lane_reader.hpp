// Receives for all lanes of a socket and puts each datagram into the queue of its lane.
#pragma once

#include "lanes/lane_queue.hpp"
#include <ancillary/recvmsg/detail/receive_loop.hpp>
#include <ancillary/recvmsg/lane_steering.hpp>
#include <ancillary/recvmsg/receive_options.hpp>

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <system_error>
#include <vector>

namespace ancillary::detail {

class lane_reader final : public receive_loop {
public:
  // `lanes` are set up for this socket and not started; from now on they receive from their queues,
  // of `capacity` slots each, or of a default if it is 0. The reader's own slots are enough for
  // full queues, so it never pauses.
  lane_reader(const std::shared_ptr<asio::ip::udp::socket>& socket, receive_options options,
              const lane_steering& steering, std::size_t capacity,
              std::span<const std::shared_ptr<receive_loop>> lanes, std::error_code& error);

  [[nodiscard]] const lane_queue& queue(std::size_t lane) const noexcept { return *queues_[lane]; }

private:
  void deliver(std::span<slot* const> batch, batch_position& position) override;

  const lane_steering steering_;
  std::vector<std::shared_ptr<lane_queue>> queues_;
};

} // namespace ancillary::detail
