#include "lanes/lane_reader.hpp"

#include <ancillary/recvmsg/slot_pool.hpp>

#include <utility>

namespace ancillary::detail {

namespace {

constexpr std::size_t default_batches_in_queue = 8;

std::size_t capacity_or_default(std::size_t capacity, const slot_pool& lane) noexcept {
  return capacity != 0 ? capacity : default_batches_in_queue * lane.batch();
}

// The lanes report, watch and measure; the reader has slots of the same size as theirs.
receive_options for_reader(receive_options options, std::size_t capacity,
                           std::span<const std::shared_ptr<receive_loop>> lanes) {
  const slot_pool& lane = lanes.front()->pool();
  options.batch = lane.batch();
  options.payload_capacity = lane.payload_capacity();
  // Besides the queues, each lane holds the slots that it is copying.
  options.retainable = lanes.size() * (capacity_or_default(capacity, lane) + lane.batch());
  options.guard = {};
  options.statistics = false;
  options.log = {};
  return options;
}

} // namespace

lane_reader::lane_reader(const std::shared_ptr<asio::ip::udp::socket>& socket,
                         receive_options options, const lane_steering& steering,
                         std::size_t capacity, std::span<const std::shared_ptr<receive_loop>> lanes,
                         std::error_code& error)
    : receive_loop(socket, for_reader(std::move(options), capacity, lanes), error),
      steering_(steering) {
  if (error) {
    return;
  }
  for (const auto& lane : lanes) {
    queues_.push_back(std::make_shared<lane_queue>(capacity_or_default(capacity, lane->pool()),
                                                   lane->executor()));
    lane->exchange_driver(std::make_unique<lane_driver>(lane->exchange_driver(nullptr),
                                                        queues_.back(), lane->pool().batch()));
  }
}

// Also after a stop: closed queues count what they discard.
void lane_reader::deliver(std::span<slot* const> batch, batch_position& position) {
  for (; position.index < batch.size(); ++position.index) {
    slot& each = *batch[position.index];
    auto payload = each.payload_span();
    if (each.segment_bytes != 0) {
      payload = payload.first(each.segment_bytes);
    }
    queues_[*steering_.lane_of(payload, queues_.size())]->push(pool_, each);
  }
}

} // namespace ancillary::detail
