#pragma once

#include <ancillary/decoders.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

// Control buffers to decode, and their order in a benchmark.
namespace ancillary_bench {

using namespace ancillary;

inline constexpr std::size_t buffer_count = 64;
inline constexpr std::size_t turn_count = 16'384; // longer than the history of branch predictors

struct alignas(64) corpus_buffer {
  std::array<std::byte, 512> storage;
  std::size_t size = 0;
  std::array<std::byte, 64 - sizeof(std::size_t)> padding{};
  std::span<const std::byte> bytes() const { return std::span{storage}.first(size); }
};

struct corpus {
  std::vector<corpus_buffer> buffers{buffer_count};
  std::vector<std::uint8_t> turns = std::vector<std::uint8_t>(turn_count);
};

// The order of message sequences in a benchmark.
enum class order { same, same_but_reversed, alternating, random_of_eight };

// The messages of a buffer: bit n is the nth of the eight kinds of a layout.
inline constexpr unsigned kinds_of_one = 0b0000'0001;
inline constexpr unsigned kinds_of_three = 0b0000'0111;
inline constexpr unsigned kinds_of_five = 0b0001'1111;
inline constexpr unsigned kinds_of_eight = 0b1111'1111;

template <class Layout>
void write_message(control_builder<Layout>& builder, unsigned kind, std::uint32_t salt) {
  const auto octet = static_cast<std::uint8_t>(salt);
  switch (kind) {
  case 0:
    builder.destination(ip_address::v4({192, 0, 2, octet}), salt);
    break;
  case 1:
    builder.hop_limit(octet, ip_family::v4);
    break;
  case 2:
    builder.traffic_class({octet}, ip_family::v4);
    break;
  case 3:
    if constexpr (is_windows_layout<Layout>) {
      builder.receive_interface(salt);
    } else {
      builder.timestamp({timestamp_clock::realtime, 1'000'000'007ll * (salt + 1)});
    }
    break;
  case 4:
    if constexpr (is_windows_layout<Layout>) {
      builder.ecn(ecn_codepoint::ect0, ip_family::v4);
    } else {
      builder.dropped_total(salt);
    }
    break;
  case 5:
    builder.segment_bytes(1200 + salt);
    break;
  case 6:
    if constexpr (is_windows_layout<Layout>) {
      builder.original_arrival_interface(salt);
    } else {
      builder.original_destination({ip_address::v4({192, 0, 2, octet}), 53});
    }
    break;
  case 7:
    if constexpr (is_windows_layout<Layout>) {
      builder.timestamp({timestamp_clock::performance_counter, salt + 1});
    } else {
      builder.message(0, 23, {}); // IP_CHECKSUM, not a known field
    }
    break;
  }
}

// The kinds in the order in which the system writes them.
template <class Layout>
constexpr std::array<unsigned, 8> system_order() {
  if constexpr (is_windows_layout<Layout>) {
    return {0, 3, 6, 1, 2, 4, 5, 7};
  } else {
    return {3, 4, 5, 0, 1, 2, 6, 7};
  }
}

template <class Layout>
void write_messages(corpus_buffer& buffer, unsigned kinds, std::uint32_t salt, bool reversed) {
  control_builder<Layout> builder{buffer.storage};
  auto kinds_in_order = system_order<Layout>();
  if (reversed) {
    std::reverse(kinds_in_order.begin(), kinds_in_order.end());
  }
  for (const unsigned kind : kinds_in_order) {
    if ((kinds >> kind & 1) != 0) {
      write_message(builder, kind, salt);
    }
  }
  buffer.size = builder.bytes().size();
}

template <class Layout>
corpus make_corpus(unsigned kinds, order how) {
  corpus made;
  std::mt19937_64 random{1};
  // Eight sequences of three to five messages each.
  constexpr std::array<unsigned, 8> sequences{0b0000'0111, 0b0001'1111, 0b0010'0111, 0b0100'0011,
                                              0b1000'0111, 0b0001'0101, 0b0110'0110, 0b1100'1001};
  for (std::uint32_t i = 0; i < buffer_count; ++i) {
    const unsigned of_this = how == order::same || how == order::same_but_reversed ? kinds
                             : how == order::alternating
                                 ? (i % 2 == 0 ? kinds : kinds & 0b0101'0101)
                                 : sequences[i % 8];
    write_messages<Layout>(made.buffers[i], of_this, i, how == order::same_but_reversed);
  }
  for (std::size_t i = 0; i < turn_count; ++i) {
    made.turns[i] =
        static_cast<std::uint8_t>((how == order::random_of_eight ? random() : i) % buffer_count);
  }
  return made;
}

// 512 bytes with the highest cost: 32 headers without data, all of one type.
template <class Layout>
corpus make_hostile_corpus(message_type type, std::size_t data_bytes) {
  corpus made;
  const std::array<std::byte, 64> data{std::byte{1}};
  for (auto& buffer : made.buffers) {
    control_builder<Layout> builder{buffer.storage};
    while (builder.message(type.level, type.type, std::span{data}.first(data_bytes))) {
    }
    buffer.size = builder.bytes().size();
  }
  for (std::size_t i = 0; i < turn_count; ++i) {
    made.turns[i] = static_cast<std::uint8_t>(i % buffer_count);
  }
  return made;
}

// 512 bytes of random messages, different in each buffer and in random order, so that no branch is
// predictable: valid ones, which repeat, or ones of all lengths and types, known and unknown.
template <class Layout>
corpus make_mixed_corpus(bool legal) {
  corpus made;
  std::mt19937 engine{1};
  const auto random = [&engine] { return static_cast<std::uint32_t>(engine()); };
  for (auto& buffer : made.buffers) {
    control_builder<Layout> builder{buffer.storage};
    if (legal) {
      while (builder.bytes().size() + Layout::space(12) <= buffer.storage.size()) {
        write_message(builder, random() % 7, random() % 256);
      }
    } else {
      using is = typename Layout::messages;
      constexpr std::array types{is::pktinfo_v4,       is::pktinfo_v6,      is::hop_limit_v4,
                                 is::traffic_class_v6, is::segment_bytes,   is::timestamp,
                                 message_type{77, 77}, message_type{0, 123}};
      const std::array<std::byte, 20> data{std::byte{1}};
      while (builder.bytes().size() + Layout::space(20) <= buffer.storage.size()) {
        const message_type type = types[random() % types.size()];
        (void)builder.message(type.level, type.type, std::span{data}.first(random() % 21));
      }
    }
    buffer.size = builder.bytes().size();
  }
  for (auto& turn : made.turns) {
    turn = static_cast<std::uint8_t>(random() % buffer_count);
  }
  return made;
}

} // namespace ancillary_bench
