#include "options/option_numbers.hpp"

#include <ancillary/recvmsg/options/encoding.hpp>

namespace ancillary::options {

std::optional<option_number> find_option_number(layout_id system, option_id option,
                                                ip_family family, option_use use) noexcept {
  const auto& row = detail::numbers_of(option);
  // On Linux, the number that sets the socket's MTU limit reads the path's MTU.
  if (option == option_id::user_mtu && !is_windows(system) && use == option_use::get) {
    return std::nullopt;
  }
  if (family == ip_family::v6) {
    const int name = is_windows(system) ? row.windows_v6 : row.linux_v6;
    return name == detail::none ? std::nullopt
                                : std::optional(option_number{detail::level_ipv6, name});
  }
  const int name = is_windows(system) ? row.windows_v4 : row.linux_v4;
  return name == detail::none ? std::nullopt
                              : std::optional(option_number{detail::level_ipv4, name});
}

} // namespace ancillary::options
