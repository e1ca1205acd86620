#include "pcapng/reference_reader.hpp"
#include "support/catch.hpp"
#include <ancillary/pcapng/writer.hpp>

#include <string>
#include <vector>

using namespace ancillary;
using namespace ancillary_test;
using namespace std::chrono_literals;

namespace {

const std::vector<std::byte> payload(10);

struct file {
  std::vector<std::byte> bytes;
  std::size_t calls = 0;
  bool full = false;

  std::error_code take(std::span<const std::byte> blocks) {
    ++calls;
    if (full) {
      return std::make_error_code(std::errc::no_space_on_device);
    }
    bytes.insert(bytes.end(), blocks.begin(), blocks.end());
    return {};
  }

  [[nodiscard]] std::vector<reference_pcapng::block> blocks() const {
    const auto read = reference_pcapng::read(bytes);
    REQUIRE(read);
    return *read;
  }
  [[nodiscard]] std::vector<std::uint32_t> types() const {
    std::vector<std::uint32_t> types;
    for (const auto& each : blocks()) {
      types.push_back(each.type);
    }
    return types;
  }
};

constexpr std::uint32_t shb = 0x0a0d0d0a, idb = 1, isb = 5, epb = 6;
using types = std::vector<std::uint32_t>;

pcapng::datagram on(std::optional<std::uint32_t> interface_index) {
  return {.source = {ip_address::v4({127, 0, 0, 1}), 1},
          .interface_index = interface_index,
          .time = 1s,
          .payload = payload};
}

pcapng::writer make_writer(file& to) {
  return pcapng::writer([&to](std::span<const std::byte> blocks) { return to.take(blocks); },
                        {.application = "test", .interface_name = [](std::uint32_t index) {
                           return "if" + std::to_string(index);
                         }});
}

} // namespace

TEST_CASE("pcapng writer: an interface is described before its first datagram", "[pcapng]") {
  file to;
  auto writer = make_writer(to);
  for (const std::uint32_t index : {7u, 9u, 7u, 9u, 9u}) {
    CHECK_FALSE(writer.write(on(index)));
  }
  CHECK_FALSE(writer.write(on(std::nullopt)));
  CHECK(to.types() == types{shb, idb, epb, idb, epb, epb, epb, epb, idb, epb});
  CHECK(to.calls == 6); // one for each datagram
  const auto blocks = to.blocks();
  CHECK(blocks[0].text(4) == "test");
  CHECK(blocks[0].comment() == pcapng::comment_on_headers);
  CHECK(blocks[1].text(2) == "if7");
  CHECK(blocks[3].text(2) == "if9");
  CHECK(blocks[8].text(2) == std::nullopt);
  CHECK(blocks[8].text(3) == "datagrams whose interface is not reported");
  for (const auto& [block, id] : std::vector<std::pair<std::size_t, std::uint32_t>>{
           {2, 0}, {4, 1}, {5, 0}, {6, 1}, {7, 1}, {9, 2}}) {
    CHECK(blocks[block].interface_id == id);
  }
}

TEST_CASE("pcapng writer: begin writes the section header once", "[pcapng]") {
  file to;
  auto writer = make_writer(to);
  CHECK_FALSE(writer.begin());
  CHECK_FALSE(writer.begin());
  CHECK_FALSE(writer.write(on(1)));
  CHECK(to.types() == types{shb, idb, epb});
}

TEST_CASE("pcapng writer: refused blocks are written with the next datagram", "[pcapng]") {
  file to;
  auto writer = make_writer(to);
  to.full = true;
  CHECK(writer.begin() == std::errc::no_space_on_device);
  CHECK(writer.write(on(1)) == std::errc::no_space_on_device);
  pcapng::datagram with_losses = on(2);
  with_losses.lost_at_socket = 5;
  CHECK(writer.write(with_losses) == std::errc::no_space_on_device);
  to.full = false;
  CHECK_FALSE(writer.write(on(2)));
  CHECK_FALSE(writer.write(on(2)));
  CHECK(to.types() == types{shb, idb, idb, epb, epb});
  const auto blocks = to.blocks();
  CHECK(blocks[3].interface_id == 1);
  CHECK(blocks[3].number(4) == 7u); // epb_dropcount: two here, five at the socket
  CHECK(blocks[3].comment().find(
            "lost before this one at the socket: 5; lost before this one at the capture: 2") !=
        std::string::npos);
  CHECK(blocks[4].number(4) == std::nullopt);
  REQUIRE(writer.interfaces().size() == 2);
  CHECK(writer.interfaces()[0].received == 1);
  CHECK(writer.interfaces()[0].lost == 1);
  CHECK(writer.interfaces()[1].received == 3);
  CHECK(writer.interfaces()[1].lost == 1);
}

TEST_CASE("pcapng writer: statistics count each interface, and the kernel's drops once",
          "[pcapng]") {
  file to;
  auto writer = make_writer(to);
  CHECK_FALSE(writer.write(on(1)));
  CHECK_FALSE(writer.write(on(2)));
  to.full = true;
  CHECK(writer.write(on(2)));
  to.full = false;
  CHECK_FALSE(writer.write_statistics(1s, 2s, 40));
  CHECK(to.types() == types{shb, idb, epb, idb, epb, isb, isb});
  const auto blocks = to.blocks();
  const auto& first = blocks[5];
  CHECK(first.number(4) == 1u);
  CHECK(first.number(5) == 40u);
  CHECK(first.number(7) == 40u);
  CHECK(first.number(8) == 1u);
  CHECK(first.comment().find("by whichever interface") != std::string::npos);
  const auto& second = blocks[6];
  CHECK(second.number(4) == 2u);
  CHECK(second.number(5) == 1u);
  CHECK(second.number(7) == std::nullopt);
  CHECK(second.number(8) == 1u);
}

TEST_CASE("pcapng writer: statistics of a single interface need no comment", "[pcapng]") {
  file to;
  auto writer = make_writer(to);
  CHECK_FALSE(writer.write(on(1)));
  CHECK_FALSE(writer.write_statistics(1s, 2s, 3));
  CHECK(to.blocks().back().comment().empty());
  CHECK(to.blocks().back().number(7) == 3u);
  CHECK_FALSE(writer.write_statistics(1s, 2s));
  CHECK(to.blocks().back().number(7) == std::nullopt);
}

TEST_CASE("pcapng writer: a payload above the expected size is written", "[pcapng]") {
  file to;
  auto writer = make_writer(to);
  const std::vector<std::byte> large(70'000);
  auto from = on(1);
  from.payload = large;
  CHECK_FALSE(writer.write(from));
  CHECK(to.blocks().back().data.size() == 65'535);
}

TEST_CASE("pcapng writer: many interfaces", "[pcapng]") {
  file to;
  auto writer = make_writer(to);
  to.full = true;
  for (std::uint32_t index = 0; index != 100; ++index) {
    CHECK(writer.write(on(index)));
  }
  to.full = false;
  for (std::uint32_t index = 0; index != 100; ++index) {
    CHECK_FALSE(writer.write(on(index)));
  }
  CHECK_FALSE(writer.write_statistics(1s, 2s));
  CHECK(to.types().size() == 1 + 100 + 100 + 100);
  CHECK(to.blocks().back().fixed[0] == std::byte{99});
}
