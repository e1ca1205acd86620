#include "platform/windows/wide_text.hpp"

#include <winsock2.h>

#include <cstddef>

namespace ancillary::detail {

std::wstring widen(std::string_view text) {
  const auto size = static_cast<int>(text.size());
  const int needed = ::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, nullptr, 0);
  std::wstring wide(static_cast<std::size_t>(needed > 0 ? needed : 0), L'\0');
  if (needed > 0) {
    ::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, wide.data(), needed);
  }
  return wide;
}

std::string narrow(const wchar_t* text) {
  if (text == nullptr) {
    return {};
  }
  const int needed = ::WideCharToMultiByte(CP_UTF8, 0, text, -1, nullptr, 0, nullptr, nullptr);
  if (needed <= 1) {
    return {};
  }
  std::string result(static_cast<std::size_t>(needed), '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, text, -1, result.data(), needed, nullptr, nullptr);
  result.pop_back();
  return result;
}

} // namespace ancillary::detail
