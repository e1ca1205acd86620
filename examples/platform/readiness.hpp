// A UDP socket, and poll or WSAPoll; the build selects the .cpp file.
#pragma once

#include <ancillary/recvmsg/drain.hpp>

#include <chrono>
#include <cstdint>

namespace example {

using handle_type = ancillary::drain::native_handle_type;

// An IPv4 socket bound to a port on all addresses; with 0 the system chooses the port. Throws
// std::system_error.
class udp_socket {
public:
  explicit udp_socket(std::uint16_t port);
  udp_socket(const udp_socket&) = delete;
  udp_socket& operator=(const udp_socket&) = delete;
  ~udp_socket();

  [[nodiscard]] handle_type handle() const noexcept { return handle_; }
  [[nodiscard]] std::uint16_t port() const;

private:
  handle_type handle_;
};

// Returns false on timeout.
[[nodiscard]] bool wait_readable(handle_type socket, std::chrono::milliseconds longest);

} // namespace example
