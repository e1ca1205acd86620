// ntp_server [PORT]: serves this host's time by SNTP (RFC 4330; packet format of RFC 5905, 7.3).
// The receive timestamp is the kernel's, taken before the datagram waited in the receive buffer.
//
//  bytes  0 LI, version, mode | 1 stratum | 2 poll | 3 precision | 4 root delay | 8 root dispersion
//        12 reference id | 16 reference time | 24 origin time | 32 receive time | 40 transmit time

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

constexpr std::size_t packet_bytes = 48;
constexpr unsigned mode_client = 3;
constexpr unsigned mode_server = 4;
constexpr std::uint8_t stratum = 1;                    // as good as what sets this host's clock
constexpr std::byte precision{0xEC};                   // 2^-20 s: a microsecond
constexpr std::uint32_t root_dispersion = 65536 / 100; // 10 ms, in 2^-16 s
constexpr std::array<char, 4> reference_id{'L', 'O', 'C', 'L'};

template <class T>
void store(std::span<std::byte> to, T value) {
  for (auto at = to.rbegin() + static_cast<std::ptrdiff_t>(to.size() - sizeof(T)); at != to.rend();
       ++at) {
    *at = static_cast<std::byte>(value & 0xff);
    value = static_cast<T>(value >> 8);
  }
}

// Seconds since 1900 and their fraction, 32 bits each.
std::uint64_t ntp_time(nanoseconds since_unix_epoch) {
  constexpr std::uint64_t from_1900_to_1970_seconds = 2'208'988'800;
  constexpr std::uint64_t second_ns = 1'000'000'000;
  const auto ns = static_cast<std::uint64_t>(since_unix_epoch.count());
  return ((ns / second_ns + from_1900_to_1970_seconds) << 32) |
         ((ns % second_ns << 32) / second_ns);
}

nanoseconds now() { return std::chrono::system_clock::now().time_since_epoch(); }

void answer(const ancillary::packet& request) {
  // A longer request is truncated to the slot, which always holds the fields read here.
  const std::span<const std::byte> from = request.payload();
  const auto first = from.empty() ? 0U : std::to_integer<unsigned>(from[0]);
  const unsigned version = first >> 3 & 7;
  if (from.size() < packet_bytes || (first & 7) != mode_client || version == 0 || version > 4) {
    return;
  }
  nanoseconds received = now();
  if (const auto stamp = request.metadata().timestamp()) {
    received = ancillary::time_since_unix_epoch(*stamp).value_or(received);
  }

  std::array<std::byte, packet_bytes> bytes{};
  const std::span to(bytes);
  to[0] = static_cast<std::byte>(version << 3 | mode_server);
  to[1] = std::byte{stratum};
  to[2] = from[2];
  to[3] = precision;
  store(to.subspan(8, 4), root_dispersion);
  std::ranges::transform(reference_id, to.begin() + 12,
                         [](char c) { return static_cast<std::byte>(c); });
  store(to.subspan(16, 8), ntp_time(received - std::chrono::seconds(1)));
  std::ranges::copy(from.subspan(40, 8), to.begin() + 24);
  store(to.subspan(32, 8), ntp_time(received));
  store(to.subspan(40, 8), ntp_time(now()));
  request.reply(to);
}

} // namespace

int main(int argc, char** argv) {
  using ancillary::field;
  example::arguments arguments("Tells the time (SNTP, RFC 4330)");
  std::uint16_t port = 123;
  arguments.add("PORT", port);
  if (const auto status = arguments.parse(argc, argv)) {
    return *status;
  }
  try {
    asio::io_context io;
    ancillary::receive_options options;
    options.metadata.require({field::destination}).want({field::timestamp});
    options.dual_stack = true;
    // A reply contains the time of its creation; in small batches it leaves soon afterwards.
    options.batch = 4;
    ancillary::receiver server(io, {asio::ip::udp::v6(), port}, &answer, options);
    server.start();
    std::cout << "serving time on port " << server.local_endpoint().port() << std::endl;
    io.run();
  } catch (const std::exception& problem) {
    std::cerr << "ntp_server: " << ancillary::describe(problem) << std::endl;
    return 1;
  }
}
