#include "decoders/agreement.hpp"
#include "decoders/buffers.hpp"
#include "golden/all.hpp"
#include "support/catch.hpp"
#include <ancillary/decoders/metadata_decoder.hpp>

using namespace ancillary;
using namespace ancillary_test;

namespace {

// Decodes with and without the decoder; empty if the results are equal.
template <class Layout>
std::string difference(metadata_decoder<Layout>& decoder, std::span<const std::byte> buffer) {
  const exact_copy copy{buffer};
  const metadata_view decoded = decoder.decode(copy.bytes());
  const metadata_view walked(Layout{}, copy.bytes());
  std::ostringstream out;
  out << std::boolalpha;
  if (decoded.to_metadata() != walked.to_metadata() || decoded.present() != walked.present() ||
      decoded.reported() != walked.reported() || decoded.error() != walked.error() ||
      decoded.duplicate_count() != walked.duplicate_count() ||
      decoded.unknown_count() != walked.unknown_count() ||
      decoded.control().data() != walked.control().data() ||
      decoded.control().size() != walked.control().size()) {
    out << "got " << decoded << " for " << walked << ": " << opaque_bytes{buffer};
  }
  return out.str();
}

template <class Use>
void with_each_golden_buffer(Use use) {
  for (const auto& golden : golden::all()) {
    with_layout(golden.layout, [&](auto layout) {
      use(layout, std::vector<std::byte>(golden.bytes.begin(), golden.bytes.end()));
    });
  }
}

// Enough buffers to make the decoder expect their headers.
template <class Layout>
void make_expected(metadata_decoder<Layout>& decoder, std::span<const std::byte> buffer) {
  for (int i = 0; i < 70; ++i) {
    (void)decoder.decode(buffer);
  }
}

} // namespace

TEST_CASE("metadata_decoder detects any single-bit change from the expected buffer") {
  with_each_golden_buffer([](auto layout, std::vector<std::byte> buffer) {
    metadata_decoder<decltype(layout)> decoder;
    make_expected(decoder, buffer);
    REQUIRE(difference(decoder, buffer) == "");
    for (std::size_t bit = 0; bit < 8 * buffer.size(); ++bit) {
      buffer[bit / 8] ^= std::byte{1} << bit % 8;
      REQUIRE(difference(decoder, buffer) == "");
      buffer[bit / 8] ^= std::byte{1} << bit % 8;
    }
  });
}

TEST_CASE("metadata_decoder detects a shorter or longer buffer than expected") {
  with_each_golden_buffer([](auto layout, std::vector<std::byte> buffer) {
    metadata_decoder<decltype(layout)> decoder;
    make_expected(decoder, buffer);
    for (std::size_t size = 0; size <= buffer.size(); ++size) {
      REQUIRE(difference(decoder, std::span(buffer).first(size)) == "");
    }
    make_expected(decoder, buffer);
    const std::size_t size = buffer.size();
    buffer.insert(buffer.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
    REQUIRE(difference(decoder, buffer) == "");
  });
}

TEST_CASE("metadata_decoder returns the result of a walk for changing buffers") {
  random_source random{1};
  for (const layout_id id : all_layouts) {
    with_layout(id, [&](auto layout) {
      metadata_decoder<decltype(layout)> decoder;
      const auto types = known_types(id);
      std::vector<std::vector<std::byte>> buffers(8);
      for (auto& buffer : buffers) {
        for (std::size_t left = random.below(15); left > 0; --left) {
          append_message(buffer, id, types[random.below(types.size())],
                         random.bytes(random.below(24)));
        }
        buffer.resize(buffer.size() - random.below(std::min<std::size_t>(buffer.size(), 4) + 1));
      }
      for (std::size_t round = 0; round < 20'000; ++round) {
        // A run of one buffer, so that it becomes expected, then another.
        auto& buffer = buffers[random.one_in(100) ? random.below(8) : round / 2'500];
        if (!buffer.empty()) {
          buffer[random.below(buffer.size())] ^= std::byte{1};
        }
        REQUIRE(difference(decoder, buffer) == "");
      }
    });
  }
}

TEST_CASE("metadata_decoder reports an oversized buffer every time") {
  metadata_decoder<layouts::linux_64> decoder;
  std::vector<std::byte> buffer;
  while (buffer.size() < 70'000) {
    append_message(buffer, layout_id::linux_64, {1, 2}, std::vector<std::byte>(20'000));
  }
  make_expected(decoder, buffer);
  CHECK(difference(decoder, buffer) == "");
}
