#include "../readiness.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace example {

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::system_category(), what);
}

} // namespace

udp_socket::udp_socket(std::uint16_t port) : handle_(::socket(AF_INET, SOCK_DGRAM, 0)) {
  if (handle_ < 0) {
    fail("socket");
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::bind(handle_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(handle_);
    fail("bind");
  }
}

udp_socket::~udp_socket() { ::close(handle_); }

std::uint16_t udp_socket::port() const {
  sockaddr_in address{};
  socklen_t bytes = sizeof address;
  if (::getsockname(handle_, reinterpret_cast<sockaddr*>(&address), &bytes) != 0) {
    fail("getsockname");
  }
  return ntohs(address.sin_port);
}

bool wait_readable(handle_type socket, std::chrono::milliseconds longest) {
  pollfd what{socket, POLLIN, 0};
  return ::poll(&what, 1, static_cast<int>(longest.count())) > 0;
}

} // namespace example
