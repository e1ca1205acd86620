// Text in UTF-8, as this library has it, and in UTF-16, as Windows does.
#pragma once

#include <string>
#include <string_view>

namespace ancillary::detail {

// Empty for invalid text.
[[nodiscard]] std::wstring widen(std::string_view text);

// Empty for null.
[[nodiscard]] std::string narrow(const wchar_t* text);

} // namespace ancillary::detail
