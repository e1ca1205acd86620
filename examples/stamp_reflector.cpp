// stamp_reflector [PORT]: a STAMP session-reflector (RFC 8762), unauthenticated and stateless,
// which also serves TWAMP Light senders (RFC 5357, appendix I). It returns the receive time and TTL
// of each packet to its sender.
//
//  request          0 sequence number | 4 time | 12 error estimate | 14 zero
//  reply            0 sequence number | 4 time | 12 error estimate | 14 zero | 16 receive time
//                  24 its sequence number | 28 its time | 36 its error estimate | 38 zero
//                  40 its TTL | 41 zero

#include "support/example_arguments.hpp"
#include <ancillary/recvmsg.hpp>

#include <algorithm>
#include <array>
#include <asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iostream>
#include <span>

namespace {

using std::chrono::nanoseconds;

constexpr std::size_t smallest_bytes = 14; // the part that is returned; RFC 8762 senders send 44
constexpr std::size_t reflected_bytes = 44;
constexpr std::size_t largest_bytes = 2048;
// RFC 4656, 4.1.2: not synchronised (S 0), scale 12, multiplier 1: 2^12 * 2^-32 s, a microsecond.
constexpr std::array<std::byte, 2> error_estimate{std::byte{12}, std::byte{1}};

// As in NTP: seconds since 1900 and their fraction, 32 bits each, in network byte order.
std::array<std::byte, 8> stamp(nanoseconds since_unix_epoch) {
  constexpr std::uint64_t from_1900_to_1970_seconds = 2'208'988'800;
  constexpr std::uint64_t second_ns = 1'000'000'000;
  const auto ns = static_cast<std::uint64_t>(since_unix_epoch.count());
  std::uint64_t value =
      (ns / second_ns + from_1900_to_1970_seconds) << 32 | ((ns % second_ns << 32) / second_ns);
  std::array<std::byte, 8> bytes{};
  for (auto at = bytes.rbegin(); at != bytes.rend(); ++at, value >>= 8) {
    *at = static_cast<std::byte>(value & 0xff);
  }
  return bytes;
}

nanoseconds now() { return std::chrono::system_clock::now().time_since_epoch(); }

void reflect(const ancillary::packet& test) {
  const std::span<const std::byte> from = test.payload();
  if (from.size() < smallest_bytes || test.payload_truncated()) {
    return;
  }
  const ancillary::metadata_view& metadata = test.metadata();
  nanoseconds received = now();
  if (const auto when = metadata.timestamp()) {
    received = ancillary::time_since_unix_epoch(*when).value_or(received);
  }

  // As long as the request, so that both directions are alike; zero beyond the fields.
  std::array<std::byte, largest_bytes> bytes{};
  const std::span to =
      std::span(bytes).first(std::clamp(from.size(), reflected_bytes, largest_bytes));
  std::ranges::copy(from.first(4), to.begin()); // stateless: returns the sender's number
  std::ranges::copy(error_estimate, to.begin() + 12);
  std::ranges::copy(stamp(received), to.begin() + 16);
  std::ranges::copy(from.first(14), to.begin() + 24);
  to[40] = static_cast<std::byte>(metadata.hop_limit().value_or(0));
  std::ranges::copy(stamp(now()), to.begin() + 4);

  ancillary::reply_options options;
  options.hop_limit = 255;                          // RFC 8762, 4.3
  options.traffic_class = metadata.traffic_class(); // measures both directions in one class
  test.reply(to, options);
}

} // namespace

int main(int argc, char** argv) {
  using ancillary::field;
  example::arguments arguments("Reflects STAMP test packets (RFC 8762)");
  std::uint16_t port = 862;
  arguments.add("PORT", port);
  if (const auto status = arguments.parse(argc, argv)) {
    return *status;
  }
  try {
    asio::io_context io;
    ancillary::receive_options options;
    options.metadata.require({field::destination, field::hop_limit})
        .want({field::timestamp, field::traffic_class});
    options.dual_stack = true;
    options.batch = 4; // a reply contains the time of its creation
    ancillary::receiver reflector(io, {asio::ip::udp::v6(), port}, &reflect, options);
    reflector.start();
    std::cout << "reflecting on port " << reflector.local_endpoint().port() << std::endl;
    io.run();
  } catch (const std::exception& problem) {
    std::cerr << "stamp_reflector: " << ancillary::describe(problem) << std::endl;
    return 1;
  }
}
