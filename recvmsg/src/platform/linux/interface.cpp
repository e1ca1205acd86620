#include "options/interface_number.hpp"
#include <ancillary/recvmsg/interface.hpp>

#include <array>
#include <net/if.h>

namespace ancillary {

std::optional<std::uint32_t> interface_index(std::string_view name_or_number) {
  // Names are shorter than IFNAMSIZ; a longer one would be truncated and cannot exist.
  if (!name_or_number.empty() && name_or_number.size() < IF_NAMESIZE) {
    const std::string name(name_or_number);
    if (const auto index = ::if_nametoindex(name.c_str()); index != 0) {
      return index;
    }
  }
  const auto number = detail::parse_interface_number(name_or_number);
  if (number && !interface_name(*number).empty()) {
    return number;
  }
  return std::nullopt;
}

std::string interface_name(std::uint32_t index) {
  std::array<char, IF_NAMESIZE> name{};
  return ::if_indextoname(index, name.data()) != nullptr ? std::string(name.data()) : std::string();
}

} // namespace ancillary
