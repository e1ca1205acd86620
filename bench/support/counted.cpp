#include "counted.hpp"

#include <cstdio>

namespace {

// Modified after each call, so that no call becomes a jump, which callgrind would not see as a
// call.
std::uint64_t calls = 0;

} // namespace

extern "C" {

[[gnu::noinline]] void ancillary_counted(void (*run)(void*), void* argument) {
  run(argument);
  ++calls;
}

// A function of its own: the file that callgrind writes when it returns contains the whole of the
// other one.
void ancillary_counted_round(void (*run)(void*), void* argument) {
  ancillary_counted(run, argument);
  ++calls;
}
}

namespace ancillary::bench {

void announce_count(const std::string& name, std::uint64_t datagrams) {
  std::printf("%s %u %llu\n", name.c_str(), counted_rounds,
              static_cast<unsigned long long>(datagrams));
}

void announce_no_count(const std::string& name, const std::string& reason) {
  std::printf("%s 0 %s\n", name.c_str(), reason.c_str());
}

} // namespace ancillary::bench
