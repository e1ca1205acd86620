#include "ancillary/pcapng/blocks.hpp"

#include "block_builder.hpp"

#include <array>

namespace ancillary::pcapng {

namespace {

constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
constexpr std::uint16_t linktype_raw = 101; // begins with an IPv4 or IPv6 header

namespace shb {
constexpr std::uint16_t userappl = 4;
}
namespace interface_option {
constexpr std::uint16_t name = 2;
constexpr std::uint16_t description = 3;
constexpr std::uint16_t tsresol = 9;
} // namespace interface_option
namespace isb {
constexpr std::uint16_t starttime = 2;
constexpr std::uint16_t endtime = 3;
constexpr std::uint16_t ifrecv = 4;
constexpr std::uint16_t ifdrop = 5;
constexpr std::uint16_t osdrop = 7;
constexpr std::uint16_t usrdeliv = 8;
} // namespace isb

void count(block_builder& block, std::uint16_t code, const std::optional<std::uint64_t>& value) {
  if (value) {
    block.option_u64(code, *value);
  }
}

} // namespace

std::size_t encode(std::span<std::byte> to, const section& from) noexcept {
  block_builder block(to, block_type::section_header);
  block.u32(byte_order_magic);
  block.u16(1);                // major version
  block.u16(0);                // minor version
  block.u64(~std::uint64_t{}); // the section's length is not known yet
  block.option(shb::userappl, from.application);
  block.option(opt_comment, from.comment);
  return block.finish();
}

std::size_t encode(std::span<std::byte> to, const interface_description& from) noexcept {
  block_builder block(to, block_type::interface_description);
  block.u16(linktype_raw);
  block.u16(0); // reserved
  block.u32(from.snap_bytes);
  block.option(interface_option::name, from.name);
  block.option(interface_option::description, from.description);
  block.option(interface_option::tsresol, std::array{std::byte{9}}); // 10^-9 s
  return block.finish();
}

std::size_t encode(std::span<std::byte> to, const interface_statistics& from) noexcept {
  block_builder block(to, block_type::interface_statistics);
  block.u32(from.interface_id);
  block.time(from.end);
  block.option_time(isb::starttime, from.start);
  block.option_time(isb::endtime, from.end);
  count(block, isb::ifrecv, from.received);
  count(block, isb::ifdrop, from.dropped);
  count(block, isb::osdrop, from.dropped_by_system);
  count(block, isb::usrdeliv, from.delivered);
  block.option(opt_comment, from.comment);
  return block.finish();
}

std::uint32_t block_view::interface_id() const noexcept {
  constexpr std::size_t offset = 8; // behind type and length
  return detail::load_little<std::uint32_t>(bytes.data() + offset);
}

std::optional<block_view> first_block(std::span<const std::byte> blocks) noexcept {
  if (blocks.size() < block_frame_bytes) {
    return std::nullopt;
  }
  const auto type = detail::load_little<std::uint32_t>(blocks.data());
  const auto length = detail::load_little<std::uint32_t>(blocks.data() + sizeof type);
  if (length < block_frame_bytes || length > blocks.size()) {
    return std::nullopt;
  }
  return block_view{static_cast<block_type>(type), blocks.first(length)};
}

} // namespace ancillary::pcapng
