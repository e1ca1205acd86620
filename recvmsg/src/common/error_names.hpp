// The names of system error numbers, as in the system's headers; one .cpp for each platform.
#pragma once

#include <string_view>

namespace ancillary::detail {

// "ENOPROTOOPT", "WSAENOPROTOOPT"; empty for a number that receiving, sending and setting options
// do not return.
[[nodiscard]] std::string_view error_name(int code) noexcept;

} // namespace ancillary::detail
