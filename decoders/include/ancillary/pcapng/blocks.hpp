// Blocks of a capture file in the pcapng format, as values and as bytes.
//
// Source: draft-ietf-opsawg-pcapng, "PCAP Next Generation (pcapng) Capture File Format". Blocks are
// written in little-endian byte order, which the section header declares; readers take either.
#pragma once

#include "ancillary/decoders/export.hpp"
#include "ancillary/decoders/fields.hpp"
#include "ancillary/decoders/ip_address.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace ancillary::pcapng {

// Texts are UTF-8. Each is cut to the first 1,024 bytes that are whole characters.
inline constexpr std::size_t most_text_bytes = 1024;

// The Section Header Block, with which each file begins.
struct section {
  // What wrote the file (shb_userappl); empty: not said.
  std::string_view application;
  // opt_comment; empty: none. The writer's comment says which header fields are never reported.
  std::string_view comment;
};

// What each packet's header contains that no system reports, for section::comment.
inline constexpr std::string_view comment_on_headers =
    "The IP and UDP headers are made from the metadata that the receiving system reported. It "
    "never "
    "reports these, which are shown as zero: identification, fragment flags, IP options, extension "
    "headers, flow label. Checksums are calculated.";

// An Interface Description Block. Its packets are IP packets without a link layer (LINKTYPE_RAW,
// 101), with times in nanoseconds (if_tsresol 9). The interfaces of a file are numbered from 0 in
// the order of these blocks.
struct interface_description {
  // if_name; empty: not said.
  std::string_view name;
  // if_description; empty: none.
  std::string_view description;
  // The most bytes of a packet, with its IP header; longer ones are cut. 0: no limit.
  std::uint32_t snap_bytes = 0;
};

// How a datagram was addressed, for epb_flags.
enum class reception : std::uint8_t { unknown = 0, unicast = 1, multicast = 2, broadcast = 3 };

// One received datagram. A header field that the system did not report is std::nullopt; the
// packet's comment then says so, and which value stands in its place.
struct datagram {
  // The sender. Its family is that of the packet; a mapped IPv4 address counts as IPv4.
  socket_address source;
  // The destination in the IP header. One of another family than the source counts as not reported.
  std::optional<ip_address> destination = {};
  // What the receiving socket is bound to: the destination port, and the destination address if
  // `destination` is not reported and this one is not the wildcard address.
  socket_address local = {};
  // The interface that received it: not in the packet, but the writer's key for its block.
  std::optional<std::uint32_t> interface_index = {};
  // TTL or hop limit.
  std::optional<std::uint8_t> hop_limit = {};
  // TOS or traffic class.
  std::optional<ancillary::traffic_class> traffic_class = {};
  // Used if the traffic class is not reported, with a DSCP of 0.
  std::optional<ecn_codepoint> ecn = {};
  // When the system received it, since the Unix epoch.
  std::optional<std::chrono::nanoseconds> time = {};
  // Stands in for `time`: when the program read the datagram.
  std::chrono::nanoseconds time_of_reading{};
  // The device's timestamp, by its own clock. Only in the comment.
  std::optional<std::int64_t> hardware_time_ns = {};
  // As received; must stay valid during the call only.
  std::span<const std::byte> payload = {};
  // The payload was longer and is truncated.
  bool truncated = false;
  // The payload's size before it was truncated. Read only if `truncated`.
  std::optional<std::size_t> original_bytes = {};
  // Several datagrams in one payload, because the system did not say where one ends.
  bool coalesced_unmarked = false;
  // The control buffer was too small or invalid, so more may have been reported.
  bool control_damaged = false;
  // Unicast, multicast or broadcast.
  reception received_as = reception::unknown;
  // Datagrams lost since the one before: at the socket (its receive buffer was full) and at the
  // capture (its own buffer was). The sum is in epb_dropcount, both are in the comment.
  std::uint64_t lost_at_socket = 0;
  // See `lost_at_socket`.
  std::uint64_t lost_at_capture = 0;
};

// An Interface Statistics Block. Counts are totals since the start of the capture.
struct interface_statistics {
  // The number of the interface in the file.
  std::uint32_t interface_id = 0;
  // isb_starttime and isb_endtime, since the Unix epoch; the block's own time is the end.
  std::chrono::nanoseconds start{};
  // See `start`.
  std::chrono::nanoseconds end{};
  // isb_ifrecv: datagrams that the program received by this interface.
  std::optional<std::uint64_t> received = {};
  // isb_ifdrop: all that are not in the file, of the kernel and of the capture. Readers show it.
  std::optional<std::uint64_t> dropped = {};
  // isb_osdrop: those of them that the kernel dropped.
  std::optional<std::uint64_t> dropped_by_system = {};
  // isb_usrdeliv: datagrams in the file, or in all files of one capture until here.
  std::optional<std::uint64_t> delivered = {};
  // opt_comment; empty: none.
  std::string_view comment = {};
};

// The largest block of a datagram with a payload of this size.
[[nodiscard]] ANCILLARY_DECODERS_API std::size_t
most_packet_block_bytes(std::size_t payload_bytes) noexcept;

// The largest block of the other kinds.
inline constexpr std::size_t most_other_block_bytes = 2 * (most_text_bytes + 4) + 128;

// Writes one block to the beginning of `to` and returns its size, a multiple of 4. Returns 0 if it
// does not fit; the contents of `to` are then unspecified. Pure functions without allocation.
[[nodiscard]] ANCILLARY_DECODERS_API std::size_t encode(std::span<std::byte> to,
                                                        const section& from) noexcept;
[[nodiscard]] ANCILLARY_DECODERS_API std::size_t encode(std::span<std::byte> to,
                                                        const interface_description& from) noexcept;
[[nodiscard]] ANCILLARY_DECODERS_API std::size_t encode(std::span<std::byte> to,
                                                        const interface_statistics& from) noexcept;

// An Enhanced Packet Block on the interface with this number. `snap_bytes` is that of the
// interface's description.
//
// Limits: an IPv4 packet holds 65,507 bytes of payload, an IPv6 packet 65,527 (16 bits of length;
// no jumbograms). Of a longer payload, which only a buffer with several coalesced datagrams has,
// the first bytes are kept, and the comment and the original length of the packet tell the rest.
// The UDP checksum of a truncated payload is shown as 0, because it depends on the missing bytes. A
// time before 1970 is shown as 1970.
[[nodiscard]] ANCILLARY_DECODERS_API std::size_t encode(std::span<std::byte> to,
                                                        const datagram& from,
                                                        std::uint32_t interface_id,
                                                        std::uint32_t snap_bytes = 0) noexcept;

// The kinds of blocks that a writer makes.
enum class block_type : std::uint32_t {
  section_header = 0x0a0d0d0a,
  interface_description = 1,
  interface_statistics = 5,
  enhanced_packet = 6,
};

// A block that was written.
struct block_view {
  // Its kind.
  block_type type{};
  // All of it.
  std::span<const std::byte> bytes;

  // The interface of an enhanced packet or of interface statistics.
  [[nodiscard]] ANCILLARY_DECODERS_API std::uint32_t interface_id() const noexcept;
};

// The first block of these bytes; nullopt at the end, or if less than a whole block is left.
[[nodiscard]] ANCILLARY_DECODERS_API std::optional<block_view>
first_block(std::span<const std::byte> blocks) noexcept;

} // namespace ancillary::pcapng
