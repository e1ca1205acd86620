// See pcapng_input.hpp for the bytes.
#include "decoders/buffers.hpp"
#include "fuzz/finding.hpp"
#include "fuzz/pcapng_input.hpp"
#include "fuzz/targets.hpp"
#include "pcapng/reference_reader.hpp"
#include <ancillary/pcapng/writer.hpp>

namespace ancillary_test::fuzz {

namespace {

using ancillary::pcapng::datagram;

// The payload that a packet of this family holds.
std::size_t most_payload(bool v4) { return v4 ? 65507 : 65527; }

void check_packet(const reference_pcapng::block& block, const datagram& from,
                  std::uint32_t snap_bytes) {
  const bool v4 = from.source.address.unmapped().is_v4();
  const std::size_t headers = v4 ? 28 : 48;
  const std::size_t kept = std::min(from.payload.size(), most_payload(v4));
  std::size_t whole = from.payload.size();
  if (from.truncated && from.original_bytes) {
    whole = std::max(whole, *from.original_bytes);
  }
  const std::size_t captured =
      snap_bytes == 0 ? headers + kept : std::min<std::size_t>(snap_bytes, headers + kept);
  expect(block.data.size() == captured, "the captured length is wrong");
  expect(block.original == std::min<std::size_t>(whole, 0x7fff'0000) + headers,
         "the original length is wrong");
  const auto time = from.time.value_or(from.time_of_reading).count();
  expect(block.time_ns == static_cast<std::uint64_t>(std::max<std::int64_t>(time, 0)),
         "the time is wrong");
  expect(from.time.has_value() || block.comment().find("time not reported") != std::string::npos,
         "the comment does not say that the time was not reported");
  expect(from.hop_limit.has_value() ||
             block.comment().find("not reported: shown as 0") != std::string::npos,
         "the comment does not say that the hop limit was not reported");
  if (captured < headers) {
    return;
  }
  const auto packet = reference_pcapng::read_packet(block.data);
  expect(packet.has_value(), "the packet is invalid");
  expect(packet->v4 == v4, "the family is wrong");
  expect(packet->udp_length == 8 + std::min(whole, most_payload(v4)), "UDP's length is wrong");
  expect(packet->hop_limit == from.hop_limit.value_or(0), "the hop limit is wrong");
  expect(packet->source_port == from.source.port, "the source port is wrong");
  expect(packet->destination_port == from.local.port, "the destination port is wrong");
  expect(std::equal(packet->payload.begin(), packet->payload.end(), from.payload.begin()),
         "the payload is wrong");
  if (from.truncated) {
    expect(packet->checksum == 0, "a checksum of a payload that is not known");
  } else if (captured == headers + kept) {
    expect(packet->checksum_valid && packet->checksum != 0, "UDP's checksum is wrong");
  }
}

// Each size of buffer either holds the whole block or gives 0; nothing is written beyond it.
void check_sizes(const datagram& from, std::size_t block_bytes, std::uint32_t snap_bytes) {
  for (const std::size_t less : {std::size_t{1}, std::size_t{4}, std::size_t{17}, block_bytes / 2,
                                 block_bytes - 1, block_bytes}) {
    std::vector<std::byte> small(block_bytes - less);
    expect(ancillary::pcapng::encode(small, from, 0, snap_bytes) == 0,
           "a block in a buffer that is too small");
  }
}

} // namespace

void pcapng(std::span<const std::byte> input) {
  const pcapng_case all = pcapng_case_from(input);
  std::vector<std::byte> file;
  std::size_t call = 0;
  ancillary::pcapng::writer writer(
      [&](std::span<const std::byte> blocks) {
        if (++call % 5 == 4) { // some calls fail
          return std::make_error_code(std::errc::no_space_on_device);
        }
        file.insert(file.end(), blocks.begin(), blocks.end());
        return std::error_code();
      },
      {.interface_name = [](std::uint32_t index) { return "if" + std::to_string(index); },
       .snap_bytes = all.snap_bytes});
  std::vector<const datagram*> written;
  for (const fuzzed_datagram& each : all.datagrams) {
    if (!writer.write(each.values)) {
      written.push_back(&each.values);
    }
    std::vector<std::byte> buffer(
        ancillary::pcapng::most_packet_block_bytes(each.values.payload.size()));
    const std::size_t used = ancillary::pcapng::encode(buffer, each.values, 0, all.snap_bytes);
    expect(used != 0, "a block is larger than most_packet_block_bytes()");
    check_sizes(each.values, used, all.snap_bytes);
  }
  if (!writer.write_statistics({}, {}, 1) && written.empty() && all.datagrams.empty()) {
    expect(!file.empty(), "no section header");
  }

  const auto blocks = reference_pcapng::read(file);
  expect(blocks.has_value(), "the file is invalid");
  std::size_t packets = 0;
  std::size_t interfaces = 0;
  for (const auto& each : *blocks) {
    interfaces += each.type == 1 ? 1u : 0u;
    if (each.type == 6) {
      expect(each.interface_id < interfaces, "an interface without a description");
      expect(packets < written.size(), "a packet too many");
      check_packet(each, *written[packets], all.snap_bytes);
      ++packets;
    }
  }
  expect(packets == written.size(), "a packet is missing");
  expect(blocks->empty() || blocks->front().type == 0x0a0d0d0a, "no section header first");
}

} // namespace ancillary_test::fuzz
