#pragma once

#include <ancillary/recvmsg/options/option_base.hpp>

namespace ancillary::options::detail {

template <option_id Id, int Lowest, int Highest, int Initial>
struct number_traits {
  static_assert(Lowest >= 0 && Lowest <= Initial && Initial <= Highest);

  using value_type = int;
  static constexpr option_id id = Id;
  static constexpr bool gets = true;
  static constexpr bool sets = true;
  static constexpr int initial = Initial;

  static int checked(int value) {
    require_range(id, value, Lowest, Highest);
    return value;
  }
  static scalar_bytes encode(layout_id, ip_family, int value) noexcept {
    return encode_number(static_cast<std::uint32_t>(value));
  }
  // Any value from the system is accepted.
  static std::optional<int> decode(layout_id, ip_family,
                                   std::span<const std::byte> bytes) noexcept {
    const auto number = decode_number(bytes);
    return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
  }
};

// An option with a small number, four bytes in host byte order on every system. Construction with a
// value out of range throws std::out_of_range.
template <option_id Id, int Lowest, int Highest, int Initial>
class number_option : public scalar_option<number_traits<Id, Lowest, Highest, Initial>> {
public:
  using base = scalar_option<number_traits<Id, Lowest, Highest, Initial>>;
  using base::base;
  using base::operator=;

  static constexpr int lowest = Lowest;
  static constexpr int highest = Highest;
};

} // namespace ancillary::options::detail
