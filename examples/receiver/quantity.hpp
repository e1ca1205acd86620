#pragma once

#include <string>

namespace tool {

// A number with at most three digits and a decimal unit: "0", "12", "999", "1.23k", "45.6M",
// "7.0G".
[[nodiscard]] std::string quantity(double number);

// A share of `whole` in per cent: "0", "<1", "33", "100"; "-" of nothing.
[[nodiscard]] std::string percentage(double part, double whole);

} // namespace tool
