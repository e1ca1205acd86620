#include "values.hpp"

#include <charconv>
#include <limits>
#include <locale>
#include <sstream>
#include <stdexcept>
#include <string>

namespace tool {
namespace {

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

[[noreturn]] void reject(std::string_view text, const std::string& why) {
  throw std::invalid_argument(quoted(text) + " " + why);
}

std::uint16_t parse_port(std::string_view whole, std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() ||
      port > std::numeric_limits<std::uint16_t>::max()) {
    reject(whole, "has no port from 0 to 65535 after the last colon");
  }
  return static_cast<std::uint16_t>(port);
}

} // namespace

asio::ip::udp::endpoint parse_endpoint(std::string_view text) {
  constexpr auto forms =
      "is not ADDRESS:PORT or [ADDRESS6]:PORT, such as 0.0.0.0:9000 or [::]:9000";
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    reject(text, forms);
  }
  std::string_view address_text = text.substr(0, colon);
  const bool in_brackets = address_text.starts_with('[') && address_text.ends_with(']');
  if (in_brackets) {
    address_text = address_text.substr(1, address_text.size() - 2);
  }
  std::error_code error;
  const auto address = asio::ip::make_address(std::string(address_text), error);
  if (!in_brackets && address_text.find(':') != std::string_view::npos) {
    reject(text, "has an IPv6 address without brackets; use [ADDRESS6]:PORT");
  }
  if (error || address.is_v6() != in_brackets) {
    reject(text, forms);
  }
  return {address, parse_port(text, text.substr(colon + 1))};
}

group_join parse_join(std::string_view text) {
  const auto at = text.find('@');
  std::error_code error;
  group_join join;
  join.group = asio::ip::make_address(std::string(text.substr(0, at)), error);
  if (error || !join.group.is_multicast()) {
    reject(text, "does not begin with a multicast group, such as 239.1.2.3 or ff02::1234@eth0");
  }
  if (at != std::string_view::npos) {
    join.interface_text = text.substr(at + 1);
    if (join.interface_text.empty()) {
      reject(text, "has no interface after the @; use its name, index or address");
    }
  }
  return join;
}

output_format parse_format(std::string_view text) {
  if (text == "table") {
    return output_format::table;
  }
  if (text == "jsonl") {
    return output_format::json_lines;
  }
  if (text == "none") {
    return output_format::none;
  }
  reject(text, "is an unknown format; use table, jsonl or none");
}

std::uint64_t parse_whole_number(std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || number < least ||
      number > most) {
    reject(text,
           "is not a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

std::chrono::nanoseconds parse_seconds(std::string_view text) {
  constexpr double ten_years = 10 * 366.0 * 24 * 3600; // its nanoseconds fit into 64 bits
  // A stream, because not every standard library has from_chars for floating point.
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  double seconds = 0;
  in >> std::noskipws >> seconds;
  const bool complete = !in.fail() && in.peek() == std::istringstream::traits_type::eof();
  constexpr double least = 0.001;
  if (!complete || !(seconds >= least && seconds <= ten_years)) {
    reject(text, "is not a number of seconds of at least 0.001, such as 10 or 0.5");
  }
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(seconds));
}

} // namespace tool
