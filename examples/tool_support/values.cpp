#include "values.hpp"

#include <charconv>
#include <locale>
#include <sstream>
#include <stdexcept>
#include <string>

namespace tool {

void reject(std::string_view text, const std::string& why) {
  throw std::invalid_argument("'" + std::string(text) + "' " + why);
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
    reject(text,
           "is not a number of seconds from 0.001 to 316224000 (ten years), such as 10 or 0.5");
  }
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(seconds));
}

} // namespace tool
