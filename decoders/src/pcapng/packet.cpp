#include "ancillary/pcapng/blocks.hpp"
#include "block_builder.hpp"
#include "headers.hpp"
#include "packet_plan.hpp"

#include <algorithm>

namespace ancillary::pcapng {

namespace {

constexpr std::size_t fixed_bytes = 20; // interface, time, two lengths
constexpr std::uint32_t inbound = 1;    // epb_flags, bits 0 and 1
constexpr unsigned reception_shift = 2; // epb_flags, bits 2 to 4

namespace epb {
constexpr std::uint16_t flags = 2;
constexpr std::uint16_t dropcount = 4;
} // namespace epb

} // namespace

std::size_t most_packet_block_bytes(std::size_t payload_bytes) noexcept {
  constexpr std::size_t option_frame_bytes = 4;
  return block_frame_bytes + fixed_bytes +
         padded(ipv6_header_bytes + udp_header_bytes +
                std::min(payload_bytes, most_ipv6_payload_bytes)) +
         option_frame_bytes + sizeof(std::uint32_t) +          // epb_flags
         option_frame_bytes + sizeof(std::uint64_t) +          // epb_dropcount
         option_frame_bytes + padded(comment_text::capacity) + // opt_comment
         option_frame_bytes;                                   // opt_endofopt
}

std::size_t encode(std::span<std::byte> to, const datagram& from, std::uint32_t interface_id,
                   std::uint32_t snap_bytes) noexcept {
  comment_text comment;
  const packet_plan packet = plan(from, comment);
  const packet_headers made(packet, from.source.port, from.local.port);
  const std::span<const std::byte> headers = made.bytes();
  const std::size_t most = snap_bytes == 0 ? headers.size() + packet.payload.size() : snap_bytes;
  const std::size_t captured_headers = std::min(headers.size(), most);
  const std::size_t captured_payload = std::min(packet.payload.size(), most - captured_headers);

  block_builder block(to, block_type::enhanced_packet);
  block.u32(interface_id);
  block.time(from.time.value_or(from.time_of_reading));
  block.u32(static_cast<std::uint32_t>(captured_headers + captured_payload));
  block.u32(static_cast<std::uint32_t>(packet.original_bytes));
  block.bytes(headers.first(captured_headers));
  block.bytes(packet.payload.first(captured_payload));
  block.pad();
  block.option(opt_comment, comment.view());
  block.option_u32(epb::flags, inbound | static_cast<std::uint32_t>(from.received_as)
                                             << reception_shift);
  if (const std::uint64_t lost = from.lost_at_socket + from.lost_at_capture; lost != 0) {
    block.option_u64(epb::dropcount, lost);
  }
  return block.finish();
}

} // namespace ancillary::pcapng
