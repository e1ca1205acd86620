#include "support/datagram_count.hpp"

namespace ancillary_test {

std::uint32_t very_many_datagrams() noexcept { return 100'000; }

} // namespace ancillary_test
