// How many datagrams a test sends that wants very many of them.
#pragma once

#include <cstdint>

namespace ancillary_test {

// Far more than any buffer or batch holds, in a time that is short where system calls are slow.
[[nodiscard]] std::uint32_t very_many_datagrams() noexcept;

} // namespace ancillary_test
