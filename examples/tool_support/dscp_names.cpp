#include "dscp_names.hpp"

#include <algorithm>
#include <array>

namespace tool {
namespace {

struct single_name {
  std::string_view name;
  std::uint8_t value;
};

// RFC 3246, RFC 5865, RFC 8622, RFC 2474.
constexpr std::array<single_name, 4> single_names{{{"ef", 46}, {"va", 44}, {"le", 1}, {"be", 0}}};

bool is_digit(char c, char least, char most) { return c >= least && c <= most; }

} // namespace

std::optional<std::uint8_t> find_dscp(std::string_view name) {
  const auto single = std::ranges::find(single_names, name, &single_name::name);
  if (single != single_names.end()) {
    return single->value;
  }
  if (name.size() == 3 && name.starts_with("cs") && is_digit(name[2], '0', '7')) {
    return static_cast<std::uint8_t>((name[2] - '0') * 8); // RFC 2474, 4.2.2
  }
  if (name.size() == 4 && name.starts_with("af") && is_digit(name[2], '1', '4') &&
      is_digit(name[3], '1', '3')) {
    return static_cast<std::uint8_t>((name[2] - '0') * 8 + (name[3] - '0') * 2); // RFC 2597, 6
  }
  return std::nullopt;
}

std::string dscp_name(std::uint8_t dscp) {
  const auto single = std::ranges::find(single_names, dscp, &single_name::value);
  if (single != single_names.end()) {
    return std::string(single->name);
  }
  const int precedence = dscp / 8;
  const int rest = dscp % 8;
  if (dscp < 64 && rest == 0) {
    return "cs" + std::to_string(precedence);
  }
  if (precedence >= 1 && precedence <= 4 && rest % 2 == 0) {
    return "af" + std::to_string(precedence) + std::to_string(rest / 2);
  }
  return {};
}

} // namespace tool
