// Datagrams from a fuzzer's bytes:
//
//      0        1        2           3 ...          (again for each datagram)
//      +--------+--------+-----------+--------------------------------------------------+
//      | snap   | presence (16 bits) | the fields that are present, payload size and    |
//      | bytes  |                    | payload                                          |
//      +--------+--------+-----------+--------------------------------------------------+
#pragma once

#include "fuzz/input.hpp"
#include <ancillary/pcapng/blocks.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ancillary_test::fuzz {

inline ancillary::ip_address address_from(input_bytes& from, bool v4) {
  ancillary::ip_address::v6_octets octets{};
  const auto taken = from.take(v4 ? 4 : 16);
  std::transform(taken.begin(), taken.end(), octets.begin(),
                 [](std::byte each) { return std::to_integer<std::uint8_t>(each); });
  return v4 ? ancillary::ip_address::v4({octets[0], octets[1], octets[2], octets[3]})
            : ancillary::ip_address(octets);
}

// A payload of more bytes than the input has: `large` repeats its own.
struct fuzzed_datagram {
  ancillary::pcapng::datagram values;
  std::vector<std::byte> payload;
};

inline fuzzed_datagram datagram_from(input_bytes& from) {
  fuzzed_datagram made{.values = {.source = {}}, .payload = {}};
  ancillary::pcapng::datagram& values = made.values;
  const std::uint16_t presence = from.u16();
  const auto has = [presence](unsigned bit) { return (presence >> bit & 1) != 0; };
  values.source = {address_from(from, has(0)), from.u16()};
  values.local = {address_from(from, has(1)), from.u16()};
  if (has(2)) {
    values.destination = address_from(from, has(3));
  }
  if (has(4)) {
    values.interface_index = from.octet() % 8;
  }
  if (has(5)) {
    values.hop_limit = from.octet();
  }
  if (has(6)) {
    values.traffic_class = ancillary::traffic_class{from.octet()};
  } else if (has(7)) {
    values.ecn = static_cast<ancillary::ecn_codepoint>(from.octet() & 3);
  }
  const std::chrono::nanoseconds time(static_cast<std::int64_t>(from.number(8)));
  if (has(8)) {
    values.time = time;
  } else {
    values.time_of_reading = time;
  }
  if (has(9)) {
    values.hardware_time_ns = static_cast<std::int64_t>(from.number(8));
  }
  values.truncated = has(10);
  if (has(11)) {
    values.original_bytes = from.u32();
  }
  values.coalesced_unmarked = has(12);
  values.control_damaged = has(13);
  if (has(14)) {
    values.lost_at_socket = from.u16();
    values.lost_at_capture = from.octet();
  }
  values.received_as = static_cast<ancillary::pcapng::reception>(from.octet() & 3);
  const std::size_t size = has(15) ? from.u32() % 70'000 : from.octet();
  const auto bytes = from.take(size);
  made.payload.assign(bytes.begin(), bytes.end());
  made.payload.resize(size, std::byte{0x5a});
  return made;
}

struct pcapng_case {
  std::uint32_t snap_bytes = 0; // 0: no limit
  std::vector<fuzzed_datagram> datagrams;
};

inline pcapng_case pcapng_case_from(std::span<const std::byte> input) {
  input_bytes from(input);
  pcapng_case made;
  made.snap_bytes = from.octet();
  while (!from.empty() && made.datagrams.size() < 16) {
    made.datagrams.push_back(datagram_from(from));
    auto& last = made.datagrams.back();
    last.values.payload = last.payload;
  }
  return made;
}

} // namespace ancillary_test::fuzz
