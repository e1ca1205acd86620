#include "platform/hand_over_channel.hpp"
#include "platform/linux/system_calls.hpp"
#include <ancillary/recvmsg/describe.hpp>

#include <algorithm>
#include <asio/error.hpp>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <fcntl.h>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <unistd.h>

namespace ancillary::detail {

namespace {

constexpr int first_descriptor = 3; // SD_LISTEN_FDS_START

std::string_view environment(const char* name) noexcept {
  const char* const value = std::getenv(name);
  return value != nullptr ? std::string_view(value) : std::string_view();
}

std::optional<int> number_of(std::string_view text) noexcept {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

// The next name of a list with colons.
std::string_view next_of(std::string_view& names) noexcept {
  const std::size_t end = std::min(names.find(':'), names.size());
  const std::string_view name = names.substr(0, end);
  names.remove_prefix(std::min(end + 1, names.size()));
  return name;
}

[[noreturn]] void refuse(int descriptor, const std::error_code& error, const char* what) {
  throw described_error(error, "activated socket " + std::to_string(descriptor) + ": " + what);
}

int option_of(int descriptor, int option) {
  int value = 0;
  socklen_t bytes = sizeof value;
  if (system.getsockopt(descriptor, SOL_SOCKET, option, &value, &bytes) != 0) {
    refuse(descriptor, {errno, asio::error::get_system_category()}, "asking for its kind");
  }
  return value;
}

void require_udp(int descriptor) {
  if (option_of(descriptor, SO_TYPE) != SOCK_DGRAM ||
      option_of(descriptor, SO_PROTOCOL) != IPPROTO_UDP) {
    refuse(descriptor, std::make_error_code(std::errc::wrong_protocol_type),
           "not a UDP socket (ListenDatagram= makes one)");
  }
}

} // namespace

std::vector<native_socket> activated_descriptors(std::string_view name) {
  std::vector<native_socket> found;
  if (number_of(environment("LISTEN_PID")) != ::getpid()) {
    return found; // meant for another process
  }
  const int count = number_of(environment("LISTEN_FDS")).value_or(0);
  std::string_view names = environment("LISTEN_FDNAMES");
  for (int i = 0; i < count; ++i) {
    const std::string_view its_name = next_of(names);
    if (!name.empty() && its_name != name) {
      continue;
    }
    const int descriptor = first_descriptor + i;
    require_udp(descriptor);
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    found.push_back(descriptor);
  }
  return found;
}

} // namespace ancillary::detail
