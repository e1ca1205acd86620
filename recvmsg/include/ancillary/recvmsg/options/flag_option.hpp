#pragma once

#include <ancillary/recvmsg/options/option_base.hpp>

namespace ancillary::options::detail {

template <option_id Id>
struct flag_traits {
  using value_type = bool;
  static constexpr option_id id = Id;
  static constexpr bool gets = true;
  static constexpr bool sets = true;
  static constexpr bool initial = false;

  static bool checked(bool value) noexcept { return value; }
  static scalar_bytes encode(layout_id system, ip_family family, bool value) noexcept {
    return encode_flag(system, id, family, value);
  }
  static std::optional<bool> decode(layout_id system, ip_family family,
                                    std::span<const std::byte> bytes) noexcept {
    return decode_flag(system, id, family, bytes);
  }
};

// An option that is on or off, by default off. Four bytes on every system, because some refuse one
// byte.
template <option_id Id>
class flag_option : public scalar_option<flag_traits<Id>> {
public:
  using scalar_option<flag_traits<Id>>::scalar_option;
  using scalar_option<flag_traits<Id>>::operator=;

  explicit operator bool() const noexcept { return this->value(); }
  bool operator!() const noexcept { return !this->value(); }
};

} // namespace ancillary::options::detail
