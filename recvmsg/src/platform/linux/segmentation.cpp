#include "platform/linux/segmentation.hpp"

#include "platform/linux/system_calls.hpp"

#include <array>
#include <charconv>
#include <compare>

namespace ancillary::detail {

namespace {

// From linux/udp.h.
constexpr int udp_level = 17;
constexpr int udp_segment = 103;

using version = std::array<int, 3>;

// Numbers that are missing count as 0.
version version_of(std::string_view release) noexcept {
  version read{};
  const char* at = release.data();
  const char* const end = at + release.size();
  for (int& number : read) {
    const auto result = std::from_chars(at, end, number);
    if (result.ec != std::errc{} || result.ptr == end || *result.ptr != '.') {
      break;
    }
    at = result.ptr + 1;
  }
  return read;
}

bool is_faulty_kernel() noexcept {
  utsname name{};
  return system.uname(&name) == 0 && corrupts_segments(name.release);
}

} // namespace

bool corrupts_segments(std::string_view release) noexcept {
  const version read = version_of(release);
  return read >= version{7, 0, 0} && read < version{7, 1, 5};
}

bool has_segmentation(native_socket socket) noexcept {
  int value = 0;
  socklen_t size = sizeof value;
  return !is_faulty_kernel() &&
         system.getsockopt(socket, udp_level, udp_segment, &value, &size) == 0;
}

} // namespace ancillary::detail
