#include "decoders/agreement.hpp"
#include "decoders/buffers.hpp"
#include "golden/all.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace ancillary;
using namespace ancillary_test;

TEST_CASE("random bytes: decoder and reference decoder agree") {
  random_source random{1};
  for (int round = 0; round < 20'000; ++round) {
    const layout_id layout = all_layouts[random.below(all_layouts.size())];
    REQUIRE(disagreement(layout, random.bytes(random.below(300))) == "");
  }
}

TEST_CASE("golden buffers with random damage: decoder and reference decoder agree") {
  random_source random{2};
  for (int round = 0; round < 200; ++round) {
    for (const auto& golden : golden::all()) {
      std::vector<std::byte> buffer(golden.bytes.begin(), golden.bytes.end());
      for (std::size_t left = 1 + random.below(4); left > 0; --left) {
        buffer[random.below(buffer.size())] =
            random.one_in(2) ? std::byte{0} : static_cast<std::byte>(random.bits());
      }
      buffer.resize(buffer.size() - (random.one_in(4) ? random.below(buffer.size()) : 0));
      REQUIRE(disagreement(golden.layout, buffer) == "");
    }
  }
}

TEST_CASE("random sequences of messages: decoder and reference decoder agree") {
  random_source random{3};
  for (int round = 0; round < 20'000; ++round) {
    const layout_id layout = all_layouts[random.below(all_layouts.size())];
    const auto types = known_types(layout);
    std::vector<std::byte> buffer;
    for (std::size_t left = random.below(12); left > 0; --left) {
      message_type type = types[random.below(types.size())];
      if (random.one_in(6)) {
        type.type += 1 << (8 * random.below(4));
      }
      const std::size_t sizes[] = {0, 1, 2, 3, 4, 8, 12, 16, 20, 24, 28, 48};
      auto data = random.bytes(random.one_in(8) ? random.below(70) : sizes[random.below(12)]);
      if (random.one_in(2)) {
        std::fill(data.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(data.size(), 1)),
                  data.end(), std::byte{0});
      }
      if (random.one_in(40)) {
        append_message(buffer, layout, random.bits() >> random.below(64), type, data);
      } else {
        append_message(buffer, layout, type, data);
      }
    }
    buffer.resize(buffer.size() - random.below(std::min<std::size_t>(buffer.size(), 8) + 1));
    REQUIRE(disagreement(layout, buffer) == "");
  }
}

TEST_CASE("worst-case buffers: decoder and reference decoder agree") {
  for (const layout_id layout : all_layouts) {
    const std::size_t header = word_bytes(layout) + 8;
    std::vector<message_type> types = known_types(layout);
    types.push_back({1234, 5678});
    types.push_back({0, 0});
    for (const message_type type : types) {
      std::vector<std::byte> empty_headers;
      std::vector<std::byte> duplicates;
      while (empty_headers.size() + header <= 512) {
        append_message(empty_headers, layout, type, {});
      }
      while (duplicates.size() + header + 4 <= 512) {
        append_message(duplicates, layout, type, number_bytes(1));
      }
      CHECK(disagreement(layout, empty_headers) == "");
      CHECK(disagreement(layout, duplicates) == "");
    }
    for (const int octet : {0x00, 0x01, 0x10, 0x7f, 0x80, 0xff}) {
      const std::vector<std::byte> same(512, static_cast<std::byte>(octet));
      CHECK(disagreement(layout, same) == "");
    }
  }
}
