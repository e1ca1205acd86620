#include "ancillary/pcapng/writer.hpp"

#include <utility>

namespace ancillary::pcapng {

writer::writer(output to, writer_options options)
    : output_(std::move(to)), options_(std::move(options)) {
  buffer_.resize(2 * most_other_block_bytes + most_packet_block_bytes(options_.payload_bytes));
}

std::error_code writer::begin() { return begun_ ? std::error_code() : hand_over(put_section()); }

std::error_code writer::write(const datagram& from) {
  const std::uint32_t id = id_of(from.interface_index);
  ++interfaces_[id].received;

  // Descriptions that the output refused are still missing.
  const std::size_t missing_count = 1 + interfaces_.size() - described_count_;
  const std::size_t needed_bytes =
      missing_count * most_other_block_bytes + most_packet_block_bytes(from.payload.size());
  if (buffer_.size() < needed_bytes) [[unlikely]] {
    buffer_.resize(needed_bytes);
  }
  std::size_t used = put_section();
  used = put_descriptions(used);
  const auto put = [&](const datagram& shown) {
    used += encode(std::span(buffer_).subspan(used), shown, id, options_.snap_bytes);
  };
  if (lost_at_capture_ == 0) [[likely]] {
    put(from);
  } else {
    datagram with_losses = from;
    with_losses.lost_at_socket += lost_at_socket_;
    with_losses.lost_at_capture += lost_at_capture_;
    put(with_losses);
  }

  const std::error_code error = hand_over(used);
  if (error) [[unlikely]] {
    ++interfaces_[id].lost;
    lost_at_socket_ += from.lost_at_socket;
    lost_at_capture_ += from.lost_at_capture + 1;
  } else {
    described_count_ = interfaces_.size();
    lost_at_socket_ = lost_at_capture_ = 0;
  }
  return error;
}

std::error_code writer::write_statistics(std::chrono::nanoseconds start,
                                         std::chrono::nanoseconds end,
                                         std::optional<std::uint64_t> dropped_by_system) {
  std::size_t used = put_section();
  for (std::uint32_t id = 0; id != described_count_; ++id) {
    if (buffer_.size() < used + most_other_block_bytes) {
      buffer_.resize(used + most_other_block_bytes);
    }
    interface_statistics block =
        statistics_of(id, interfaces_[id], described_count_, dropped_by_system);
    block.start = start;
    block.end = end;
    used += encode(std::span(buffer_).subspan(used), block);
  }
  return used == 0 ? std::error_code() : hand_over(used);
}

std::uint32_t writer::id_of(const std::optional<std::uint32_t>& index) {
  if (last_id_ < interfaces_.size() && interfaces_[last_id_].index == index) [[likely]] {
    return last_id_;
  }
  if (!index) {
    last_id_ = id_of_unknown_ ? *id_of_unknown_ : add_interface(index);
    id_of_unknown_ = last_id_;
    return last_id_;
  }
  const auto found = id_by_index_.find(*index);
  last_id_ = found != id_by_index_.end() ? found->second : add_interface(index);
  id_by_index_.emplace(*index, last_id_);
  return last_id_;
}

std::uint32_t writer::add_interface(const std::optional<std::uint32_t>& index) {
  std::string name;
  if (index && options_.interface_name) {
    name = options_.interface_name(*index);
  }
  names_.push_back(std::move(name));
  interfaces_.push_back({.index = index});
  return static_cast<std::uint32_t>(interfaces_.size() - 1);
}

// Returns its size, 0 if it is in the file.
std::size_t writer::put_section() {
  return begun_ ? 0
                : encode(buffer_, section{.application = options_.application,
                                          .comment = comment_on_headers});
}

// Those that are not in the file, behind the first `at` bytes. Returns the size with them.
std::size_t writer::put_descriptions(std::size_t at) {
  for (std::size_t id = described_count_; id != interfaces_.size(); ++id) {
    const interface_description block{
        .name = names_[id],
        .description = interfaces_[id].index ? std::string_view()
                                             : "datagrams whose interface is not reported",
        .snap_bytes = options_.snap_bytes};
    at += encode(std::span(buffer_).subspan(at), block);
  }
  return at;
}

std::error_code writer::hand_over(std::size_t bytes) {
  const std::error_code error = output_(std::span(buffer_).first(bytes));
  begun_ = begun_ || !error;
  return error;
}

interface_statistics statistics_of(std::uint32_t interface_id, const interface_account& account,
                                   std::size_t interface_count,
                                   std::optional<std::uint64_t> dropped_by_system) noexcept {
  interface_statistics made{.interface_id = interface_id,
                            .received = account.received,
                            .dropped = account.lost,
                            .delivered = account.received - account.lost};
  if (interface_id == 0 && dropped_by_system) {
    made.dropped = account.lost + *dropped_by_system;
    made.dropped_by_system = dropped_by_system;
    if (interface_count > 1) {
      made.comment =
          "isb_osdrop, also as part of isb_ifdrop: the socket's losses by whichever interface";
    }
  }
  return made;
}

} // namespace ancillary::pcapng
