#include "quantity.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace tool {

std::string quantity(double number) {
  constexpr std::array<const char*, 6> units{"", "k", "M", "G", "T", "P"};
  constexpr double thousand = 1000;
  constexpr double rounds_up = 999.5; // to a fourth digit
  std::size_t unit = 0;
  while (number >= rounds_up && unit + 1 < units.size()) {
    number /= thousand;
    ++unit;
  }
  constexpr double two_decimals_below = 9.995;
  constexpr double one_decimal_below = 99.95;
  const int decimals = unit == 0                     ? 0
                       : number < two_decimals_below ? 2
                       : number < one_decimal_below  ? 1
                                                     : 0;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f%s", decimals, number, units[unit]);
  return text.data();
}

std::string percentage(double part, double whole) {
  if (!(whole > 0)) {
    return "-";
  }
  constexpr double hundred = 100;
  const double share = part / whole * hundred;
  if (share > 0 && share < 1) {
    return "<1";
  }
  return std::to_string(static_cast<int>(std::floor(share)));
}

} // namespace tool
