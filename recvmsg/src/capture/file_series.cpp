#include "capture/file_series.hpp"

#include <utility>

namespace ancillary::detail {

namespace {

std::chrono::nanoseconds time_of_day() {
  return std::chrono::system_clock::now().time_since_epoch();
}

} // namespace

file_series::file_series(std::unique_ptr<capture_output> output, std::uint64_t file_bytes,
                         std::chrono::nanoseconds file_time,
                         std::function<statistics_snapshot()> ask)
    : output_(std::move(output)),
      file_limit_bytes_(file_bytes),
      file_time_(file_time),
      ask_(std::move(ask)),
      start_(time_of_day()),
      file_begin_(clock::now()) {}

std::error_code file_series::write(std::span<const std::byte> blocks) {
  std::size_t run_bytes = 0; // the first blocks, which one call will write
  while (const auto block = pcapng::first_block(blocks.subspan(run_bytes))) {
    switch (block->type) {
    case pcapng::block_type::section_header:
      head_.assign(block->bytes.begin(), block->bytes.end());
      break;
    case pcapng::block_type::interface_description:
      head_.insert(head_.end(), block->bytes.begin(), block->bytes.end());
      written_by_interface_.push_back(0);
      break;
    case pcapng::block_type::enhanced_packet:
      if (is_full_for(run_bytes + block->bytes.size())) {
        if (const auto error = put(blocks.first(run_bytes))) {
          return error;
        }
        if (const auto error = begin_next()) {
          return error;
        }
        blocks = blocks.subspan(run_bytes);
        run_bytes = 0;
      }
      has_datagram_ = true;
      break;
    case pcapng::block_type::interface_statistics:
      break;
    }
    run_bytes += block->bytes.size();
  }
  return put(blocks.first(run_bytes));
}

std::error_code file_series::keep_time() {
  const auto end = due();
  return end && clock::now() >= *end ? begin_next() : std::error_code();
}

std::optional<file_series::clock::time_point> file_series::due() const {
  const auto time = std::chrono::duration_cast<clock::duration>(file_time_);
  const bool is_limited = time.count() > 0 && time < clock::time_point::max() - file_begin_;
  return is_limited && has_datagram_ ? std::optional(file_begin_ + time) : std::nullopt;
}

bool file_series::is_full_for(std::size_t more_bytes) const noexcept {
  return file_limit_bytes_ != 0 && has_datagram_ &&
         file_bytes_ + more_bytes + statistics_bytes() > file_limit_bytes_;
}

std::size_t file_series::statistics_bytes() const noexcept {
  constexpr std::size_t without_comment = 100; // with all options of statistics_of()
  constexpr std::size_t comment = 100;         // in one of them
  return written_by_interface_.size() * without_comment + comment;
}

std::error_code file_series::begin_next() {
  if (const auto error = write_statistics()) {
    return error;
  }
  if (const auto error = output_->next_file()) {
    return error;
  }
  ++files_;
  file_begin_ = clock::now();
  file_bytes_ = 0;
  has_datagram_ = false;
  return put(head_);
}

std::error_code file_series::put(std::span<const std::byte> blocks) {
  if (blocks.empty()) {
    return {};
  }
  const auto [written_bytes, error] = output_->write(blocks);
  const auto kept = blocks.first(written_bytes < blocks.size() ? written_bytes : blocks.size());
  file_bytes_ += kept.size();
  bytes_ += kept.size();
  count(kept);
  return !error && kept.size() < blocks.size() ? std::make_error_code(std::errc::io_error) : error;
}

void file_series::count(std::span<const std::byte> blocks) {
  while (const auto block = pcapng::first_block(blocks)) {
    if (block->type == pcapng::block_type::enhanced_packet) {
      ++datagrams_;
      ++written_by_interface_[block->interface_id()];
    }
    blocks = blocks.subspan(block->bytes.size());
  }
}

std::error_code file_series::write_statistics() {
  const statistics_snapshot now = ask_();
  std::vector<std::byte> blocks(written_by_interface_.size() * pcapng::most_other_block_bytes);
  std::size_t used = 0;
  for (std::uint32_t id = 0; id != written_by_interface_.size(); ++id) {
    auto block = pcapng::statistics_of(id, now.interfaces[id], written_by_interface_.size(),
                                       now.dropped_by_system);
    block.start = start_;
    block.end = time_of_day();
    block.delivered = written_by_interface_[id];
    used += pcapng::encode(std::span(blocks).subspan(used), block);
  }
  return put(std::span(blocks).first(used));
}

} // namespace ancillary::detail
