// The bytes of an echoed body: received, handed to the transport, and kept until acknowledged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>

class byte_queue {
public:
  void append(std::span<const std::uint8_t> bytes);

  // The next bytes that were not taken yet, contiguous; empty if there are none. They stay where
  // they are until released.
  [[nodiscard]] std::span<std::uint8_t> take();
  [[nodiscard]] bool all_taken() const { return taken_ == end_; }

  // The oldest `count` bytes are no longer needed.
  void release(std::size_t count);

private:
  static constexpr std::size_t block_bytes = std::size_t{64} * 1024;
  struct block {
    std::uint8_t bytes[block_bytes];
  };

  // Offsets from the start of the first block.
  std::deque<std::unique_ptr<block>> blocks_;
  std::size_t begin_ = 0;
  std::size_t taken_ = 0;
  std::size_t end_ = 0;
};
