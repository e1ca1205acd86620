#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/decoders/native_layout.hpp>
#include <ancillary/recvmsg/drain.hpp>
#include <ancillary/recvmsg/lanes.hpp>
#include <ancillary/recvmsg/receiver.hpp>

#include <algorithm>
#include <asio/io_context.hpp>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using ancillary::field;
using ancillary::log_level;

const auto ignore = [](const ancillary::packet&) {};

struct log_lines {
  std::vector<std::pair<log_level, std::string>> lines;

  auto sink() {
    return [this](log_level level, std::string_view text) { lines.emplace_back(level, text); };
  }
  [[nodiscard]] std::ptrdiff_t count(log_level level, std::string_view begin) const {
    return std::ranges::count_if(lines, [&](const auto& each) {
      return each.first == level && each.second.starts_with(begin);
    });
  }
};

// What each system lacks: Linux the interface of the original arrival, Windows a count of drops.
constexpr field refused_field = ancillary::is_windows(ancillary::layouts::native::id)
                                    ? field::dropped_total
                                    : field::original_arrival_interface;

} // namespace

TEST_CASE("set-up tells the log what was granted and what was refused") {
  asio::io_context io;
  log_lines log;
  ancillary::receive_options options{.metadata =
                                         ancillary::want({field::destination, refused_field})};
  options.log = log.sink();
  const ancillary::receiver receiver(io, ancillary_test::loopback_any_port(), ignore, options);
  CHECK(log.count(log_level::info, "destination: granted (IP_PKTINFO") == 1);
  CHECK(log.count(log_level::warning, std::string(to_string(refused_field)) + ": refused") == 1);
  CHECK(log.count(log_level::info, "slots: ") == 1);
  CHECK(log.count(log_level::error, "") == 0);
}

TEST_CASE("the log has the reason why set-up fails") {
  asio::io_context io;
  log_lines log;
  ancillary::receive_options options{.metadata = ancillary::require({refused_field})};
  options.log = log.sink();
  CHECK_THROWS(ancillary::receiver(io, ancillary_test::loopback_any_port(), ignore, options));
  CHECK(log.count(log_level::error, std::string(to_string(refused_field)) + ": refused") == 1);
}

TEST_CASE("a receive buffer that is smaller than asked for is a warning") {
  asio::io_context io;
  log_lines log;
  ancillary::receive_options options;
  options.log = log.sink();
  options.receive_buffer_bytes = 4096;
  const ancillary::receiver small(io, ancillary_test::loopback_any_port(), ignore, options);
  CHECK(log.count(log_level::info, "receive buffer: ") == 1);
  log.lines.clear();

  // Two gigabytes: more than a system lets everybody have.
  options.receive_buffer_bytes = std::numeric_limits<int>::max();
  std::error_code error;
  ancillary::receiver large(io, ancillary_test::loopback_any_port(), ignore, options, error);
  if (!error) {
    asio::socket_base::receive_buffer_size granted;
    large.socket().get_option(granted);
    const bool is_less = granted.value() < options.receive_buffer_bytes;
    CHECK(log.count(log_level::warning, "receive buffer: ") == (is_less ? 1 : 0));
  }
}

TEST_CASE("drains and lanes tell the log too") {
  asio::io_context io;
  log_lines log;
  ancillary::receive_options options{.metadata = ancillary::want({field::destination})};
  options.log = log.sink();
  asio::ip::udp::socket socket(io, ancillary_test::loopback_any_port());
  const ancillary::drain drain(socket.native_handle(), options);
  CHECK(log.count(log_level::info, "destination: granted") == 1);
  log.lines.clear();
  const ancillary::lanes lanes(ancillary_test::loopback_any_port(), ignore,
                               {.count = 2, .receive = options});
  CHECK(log.count(log_level::info, "destination: granted") == 2);
}

TEST_CASE("an exception of the log leaves the constructor") {
  asio::io_context io;
  ancillary::receive_options options{.metadata = ancillary::want({field::destination})};
  options.log = [](log_level, std::string_view) {
    throw std::runtime_error("no room for the log");
  };
  CHECK_THROWS_AS(ancillary::receiver(io, ancillary_test::loopback_any_port(), ignore, options),
                  std::runtime_error);
}
