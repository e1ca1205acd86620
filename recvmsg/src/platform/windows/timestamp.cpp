#include <ancillary/recvmsg/timestamp.hpp>

#include <windows.h>

namespace ancillary {

namespace {

constexpr std::chrono::seconds longest_ago = std::chrono::hours(1);

} // namespace

std::optional<std::chrono::nanoseconds> time_since_unix_epoch(const timestamp& stamp) noexcept {
  if (stamp.clock == timestamp_clock::realtime) {
    return std::chrono::nanoseconds(stamp.value);
  }
  if (stamp.clock != timestamp_clock::performance_counter) {
    return std::nullopt;
  }
  LARGE_INTEGER frequency;
  LARGE_INTEGER counter;
  ::QueryPerformanceFrequency(&frequency);
  ::QueryPerformanceCounter(&counter);
  const auto now = std::chrono::system_clock::now().time_since_epoch();

  // An adapter's timestamp looks the same but counts on another clock. A value in the future or
  // long past is not from the performance counter.
  const LONGLONG ticks_ago = counter.QuadPart - stamp.value;
  if (stamp.value > counter.QuadPart || stamp.value < 0 ||
      ticks_ago > longest_ago.count() * frequency.QuadPart) {
    return std::nullopt;
  }
  constexpr LONGLONG second_ns = 1'000'000'000;
  const LONGLONG seconds = ticks_ago / frequency.QuadPart;
  const LONGLONG rest_ns = ticks_ago % frequency.QuadPart * second_ns / frequency.QuadPart;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now) -
         std::chrono::nanoseconds(seconds * second_ns + rest_ns);
}

} // namespace ancillary
