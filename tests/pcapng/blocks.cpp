// The bytes of pcapng blocks, written by hand from draft-ietf-opsawg-pcapng, sections 4.1, 4.2, 4.3
// and 4.6, and the headers in them from RFC 791, RFC 8200 and RFC 768.

#include "decoders/buffers.hpp"
#include "pcapng/reference_reader.hpp"
#include "support/catch.hpp"
#include <ancillary/pcapng/blocks.hpp>

#include <initializer_list>
#include <string>
#include <vector>

using namespace ancillary;
using namespace ancillary_test;
using namespace std::chrono_literals;

namespace {

using bytes = std::vector<std::byte>;

bytes hex(std::initializer_list<int> values) {
  bytes made;
  for (const int value : values) {
    made.push_back(static_cast<std::byte>(value));
  }
  return made;
}

template <class... Arguments>
bytes encoded(const Arguments&... arguments) {
  bytes to(100'000, std::byte{0xee});
  const std::size_t used = pcapng::encode(to, arguments...);
  REQUIRE(used != 0);
  to.resize(used);
  // It fits into exactly as many bytes and into no fewer.
  bytes exact(used);
  CHECK(pcapng::encode(exact, arguments...) == used);
  CHECK(exact == to);
  for (std::size_t less = 0; less < used; less += used < 300 ? 1 : 97) {
    const exact_copy shorter{std::span(exact).first(less)};
    CHECK(pcapng::encode({const_cast<std::byte*>(shorter.bytes().data()), less}, arguments...) ==
          0);
  }
  return to;
}

const bytes abc = hex({'a', 'b', 'c'});

pcapng::datagram complete() {
  return {.source = {ip_address::v4({192, 0, 2, 1}), 1000},
          .destination = ip_address::v4({192, 0, 2, 2}),
          .local = {ip_address(), 53},
          .interface_index = 7,
          .hop_limit = std::uint8_t{64},
          .traffic_class = traffic_class{0xb9},
          .time = 1'000'000'001ns,
          .payload = abc,
          .received_as = pcapng::reception::unicast};
}

} // namespace

TEST_CASE("pcapng: the bytes of a section header", "[pcapng]") {
  CHECK(encoded(pcapng::section{.application = "app", .comment = {}}) ==
        hex({0x0a, 0x0d, 0x0d, 0x0a, 40,   0,    0,    0,
             0x4d, 0x3c, 0x2b, 0x1a,                         // type, length, magic
             1,    0,    0,    0,                            // version 1.0
             0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, // length not known
             4,    0,    3,    0,    'a',  'p',  'p',  0,    // shb_userappl
             0,    0,    0,    0,    40,   0,    0,    0})); // end, length
}

TEST_CASE("pcapng: the bytes of an interface description", "[pcapng]") {
  CHECK(encoded(pcapng::interface_description{
            .name = "eth0", .description = {}, .snap_bytes = 0x1234}) ==
        hex({1,   0, 0, 0, 40,   0,    0,   0,   // type, length
             101, 0, 0, 0, 0x34, 0x12, 0,   0,   // LINKTYPE_RAW, reserved, snaplen
             2,   0, 4, 0, 'e',  't',  'h', '0', // if_name
             9,   0, 1, 0, 9,    0,    0,   0,   // if_tsresol: 10^-9
             0,   0, 0, 0, 40,   0,    0,   0}));
}

TEST_CASE("pcapng: the bytes of an IPv4 datagram", "[pcapng]") {
  CHECK(encoded(complete(), std::uint32_t{2}) ==
        hex({6,    0,    0,   0,  76,   0,    0,    0,    2,  0,  0, 0, // type, length, interface
             0,    0,    0,   0,  0x01, 0xca, 0x9a, 0x3b, // 10^9 + 1 ns, the upper half first
             31,   0,    0,   0,  31,   0,    0,    0,    // captured, original
             0x45, 0xb9, 0,   31, 0,    0,    0,    0,    64, 17, // IPv4: 31 bytes, TTL 64, UDP
             0xf6, 0x11,                                          // its checksum
             192,  0,    2,   1,  192,  0,    2,    2,            // from, to
             0x03, 0xe8, 0,   53, 0,    11,   0xb3, 0x54,         // UDP: ports, 11 bytes, checksum
             'a',  'b',  'c', 0,                                  // payload, padding
             2,    0,    4,   0,  0x05, 0,    0,    0,            // epb_flags: inbound, unicast
             0,    0,    0,   0,  76,   0,    0,    0}));
}

TEST_CASE("pcapng: the bytes of an IPv6 datagram", "[pcapng]") {
  pcapng::datagram from = complete();
  from.source.address = ip_address::v6({0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  from.destination = ip_address::v6({0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2});
  // The sum of the pseudo header, the UDP header and the payload, by hand: 2001+0db8+0001 + 2001+
  // 0db8+0002 + 0011+000b + 03e8+0035+000b + 6162+6300 = 1241b, folded 241c, complement dbe3.
  CHECK(encoded(from, std::uint32_t{0}) ==
        hex({6,    0,    0,    0,    96,   0,    0,    0,    0,   0,   0,   0, // type, length
             0,    0,    0,    0,    0x01, 0xca, 0x9a, 0x3b, 51,  0,   0,   0,
             51,   0,    0,    0,                          // time, lengths
             0x6b, 0x90, 0,    0,    0,    11,   17,   64, // IPv6
             0x20, 1,    0x0d, 0xb8, 0,    0,    0,    0,    0,   0,   0,   0,
             0,    0,    0,    1, // from
             0x20, 1,    0x0d, 0xb8, 0,    0,    0,    0,    0,   0,   0,   0,
             0,    0,    0,    2,                                              // to
             0x03, 0xe8, 0,    53,   0,    11,   0xdb, 0xe3, 'a', 'b', 'c', 0, // UDP
             2,    0,    4,    0,    0x05, 0,    0,    0,    0,   0,   0,   0,
             96,   0,    0,    0}));
}

TEST_CASE("pcapng: the bytes of interface statistics", "[pcapng]") {
  CHECK(encoded(pcapng::interface_statistics{.interface_id = 3,
                                             .start = 1ns,
                                             .end = (std::int64_t{1} << 32) * 1ns + 2ns,
                                             .received = 4,
                                             .dropped = 5,
                                             .dropped_by_system = 6,
                                             .delivered = 7}) ==
        hex({5, 0, 0, 0, 100, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, // id, time
             2, 0, 8, 0, 0,   0, 0, 0, 1, 0, 0, 0,                         // isb_starttime
             3, 0, 8, 0, 1,   0, 0, 0, 2, 0, 0, 0,                         // isb_endtime
             4, 0, 8, 0, 4,   0, 0, 0, 0, 0, 0, 0,                         // isb_ifrecv
             5, 0, 8, 0, 5,   0, 0, 0, 0, 0, 0, 0,                         // isb_ifdrop
             7, 0, 8, 0, 6,   0, 0, 0, 0, 0, 0, 0,                         // isb_osdrop
             8, 0, 8, 0, 7,   0, 0, 0, 0, 0, 0, 0,                         // isb_usrdeliv
             0, 0, 0, 0, 100, 0, 0, 0}));
}

TEST_CASE("pcapng: a text that is too long is cut between two characters", "[pcapng]") {
  const std::string name = "a" + [] {
    std::string long_text;
    for (int i = 0; i < 1000; ++i) {
      long_text += "\xc3\xa4"; // two bytes
    }
    return long_text;
  }();
  const auto read = reference_pcapng::read(
      encoded(pcapng::interface_description{.name = name, .description = name, .snap_bytes = 0}));
  REQUIRE(read);
  CHECK(read->front().text(2) == name.substr(0, 1023)); // the character at 1,023 has two bytes
  CHECK(read->front().text(3) == name.substr(0, 1023));
}

TEST_CASE("pcapng: first_block returns whole blocks only", "[pcapng]") {
  bytes two = encoded(complete(), std::uint32_t{9});
  const std::size_t first_bytes = two.size();
  const bytes second = encoded(pcapng::section{.application = "x", .comment = {}});
  two.insert(two.end(), second.begin(), second.end());
  const auto block = pcapng::first_block(two);
  REQUIRE(block);
  CHECK(block->type == pcapng::block_type::enhanced_packet);
  CHECK(block->bytes.size() == first_bytes);
  CHECK(block->interface_id() == 9);
  CHECK(pcapng::first_block(std::span(two).subspan(first_bytes))->type ==
        pcapng::block_type::section_header);
  for (std::size_t less = 0; less != first_bytes; ++less) {
    CHECK_FALSE(pcapng::first_block(exact_copy(std::span(two).first(less)).bytes()));
  }
  two[4] = std::byte{11}; // a length below that of an empty block
  two[5] = std::byte{0};
  CHECK_FALSE(pcapng::first_block(two));
}
