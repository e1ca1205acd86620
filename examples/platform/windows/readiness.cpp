#include "../readiness.hpp"

#include <winsock2.h>

#include <system_error>

namespace example {

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(::WSAGetLastError(), std::system_category(), what);
}

// Starts Winsock: this example uses it before the library does.
struct winsock {
  winsock() {
    WSADATA data;
    if (const int error = ::WSAStartup(MAKEWORD(2, 2), &data)) {
      throw std::system_error(error, std::system_category(), "WSAStartup");
    }
  }
  ~winsock() { ::WSACleanup(); }
};

SOCKET open() {
  static const winsock started;
  const SOCKET handle = ::socket(AF_INET, SOCK_DGRAM, 0);
  if (handle == INVALID_SOCKET) {
    fail("socket");
  }
  return handle;
}

} // namespace

udp_socket::udp_socket(std::uint16_t port) : handle_(open()) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = ::htons(port);
  if (::bind(handle_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::closesocket(handle_);
    fail("bind");
  }
}

udp_socket::~udp_socket() { ::closesocket(handle_); }

std::uint16_t udp_socket::port() const {
  sockaddr_in address{};
  int bytes = sizeof address;
  if (::getsockname(handle_, reinterpret_cast<sockaddr*>(&address), &bytes) != 0) {
    fail("getsockname");
  }
  return ::ntohs(address.sin_port);
}

bool wait_readable(handle_type socket, std::chrono::milliseconds longest) {
  WSAPOLLFD what{socket, POLLRDNORM, 0};
  return ::WSAPoll(&what, 1, static_cast<int>(longest.count())) > 0;
}

} // namespace example
