#include "support/datagram_count.hpp"

namespace ancillary_test {

// For each datagram, Wine calls its server process twice to send and twice to receive: eight
// context switches (400,000 reads of the server's pipe for 100,000 datagrams). They take 50 us
// while both processors are awake, and half a millisecond if one sleeps until each reply.
std::uint32_t very_many_datagrams() noexcept { return 10'000; }

} // namespace ancillary_test
