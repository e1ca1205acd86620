#include "options/interface_number.hpp"
#include "platform/windows/wide_text.hpp"
#include <ancillary/recvmsg/interface.hpp>

#include <winsock2.h>

#include <array>
#include <iphlpapi.h>
#include <netioapi.h>

namespace ancillary {
namespace {

using detail::narrow;
using detail::widen;

std::optional<std::uint32_t> index_of_alias(std::string_view alias) {
  NET_LUID luid{};
  NET_IFINDEX index = 0;
  if (::ConvertInterfaceAliasToLuid(widen(alias).c_str(), &luid) != NO_ERROR ||
      ::ConvertInterfaceLuidToIndex(&luid, &index) != NO_ERROR || index == 0) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(index);
}

} // namespace

std::optional<std::uint32_t> interface_index(std::string_view name_or_number) {
  if (!name_or_number.empty()) {
    if (const auto index = index_of_alias(name_or_number)) {
      return index;
    }
    const std::string name(name_or_number);
    if (const auto index = ::if_nametoindex(name.c_str()); index != 0) {
      return static_cast<std::uint32_t>(index);
    }
  }
  const auto number = detail::parse_interface_number(name_or_number);
  if (number && !interface_name(*number).empty()) {
    return number;
  }
  return std::nullopt;
}

std::string interface_name(std::uint32_t index) {
  NET_LUID luid{};
  std::array<wchar_t, IF_MAX_STRING_SIZE + 1> alias{};
  if (::ConvertInterfaceIndexToLuid(index, &luid) != NO_ERROR ||
      ::ConvertInterfaceLuidToAlias(&luid, alias.data(), alias.size()) != NO_ERROR) {
    return {};
  }
  return narrow(alias.data());
}

} // namespace ancillary
