// The names that a system's headers give to its error numbers; each platform has its own.
#pragma once

#include <string_view>

namespace ancillary::detail {

// "ENOPROTOOPT", "WSAENOPROTOOPT"; empty for a number that receiving, sending and setting options
// are not known to end in.
[[nodiscard]] std::string_view error_name(int code) noexcept;

} // namespace ancillary::detail
