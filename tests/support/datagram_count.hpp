// The number of datagrams for tests that send very many.
#pragma once

#include <cstdint>

namespace ancillary_test {

// Far more than any buffer or batch holds, but fast also where system calls are slow.
[[nodiscard]] std::uint32_t very_many_datagrams() noexcept;

} // namespace ancillary_test
