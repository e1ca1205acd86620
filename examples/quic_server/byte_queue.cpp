#include "byte_queue.hpp"

#include <algorithm>
#include <cstring>

void byte_queue::append(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    if (end_ == blocks_.size() * block_bytes) {
      blocks_.push_back(std::make_unique<block>());
    }
    const std::size_t offset = end_ % block_bytes;
    const std::size_t count = std::min(bytes.size(), block_bytes - offset);
    std::memcpy(blocks_.back()->bytes + offset, bytes.data(), count);
    end_ += count;
    bytes = bytes.subspan(count);
  }
}

std::span<std::uint8_t> byte_queue::take() {
  const std::size_t offset = taken_ % block_bytes;
  const std::size_t count = std::min(end_ - taken_, block_bytes - offset);
  if (count == 0) {
    return {};
  }
  block& source = *blocks_[taken_ / block_bytes];
  taken_ += count;
  return {source.bytes + offset, count};
}

void byte_queue::release(std::size_t count) {
  begin_ += std::min(count, taken_ - begin_);
  while (begin_ >= block_bytes) {
    blocks_.pop_front();
    begin_ -= block_bytes;
    taken_ -= block_bytes;
    end_ -= block_bytes;
  }
}
