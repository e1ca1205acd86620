#include "lab_server.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <net/if.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace option_tests {

namespace {

// A blocking system socket, independent of the library.
struct client {
  explicit client(int family) : descriptor(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  ~client() { ::close(descriptor); }

  const int descriptor;
};

sockaddr_storage address_of(const char* text, unsigned short port, socklen_t& bytes) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  sockaddr_storage address{};
  if (::getaddrinfo(text, std::to_string(port).c_str(), &hints, &found) == 0) {
    bytes = found->ai_addrlen;
    std::memcpy(&address, found->ai_addr, found->ai_addrlen);
    ::freeaddrinfo(found);
  }
  return address;
}

std::optional<std::string> ask_here(const lab_question& each, unsigned short port,
                                    std::chrono::milliseconds limit) {
  socklen_t bytes = 0;
  const sockaddr_storage from = address_of(each.from, 0, bytes);
  const sockaddr_storage to = address_of(each.to, port, bytes);
  const client asking(to.ss_family);
  if (each.by != nullptr) {
    static_cast<void>(::setsockopt(asking.descriptor, SOL_SOCKET, SO_BINDTODEVICE, each.by,
                                   static_cast<socklen_t>(std::strlen(each.by))));
  }
  // Connected: the system drops datagrams from any other address.
  const bool sent =
      ::bind(asking.descriptor, reinterpret_cast<const sockaddr*>(&from), bytes) == 0 &&
      ::connect(asking.descriptor, reinterpret_cast<const sockaddr*>(&to), bytes) == 0 &&
      ::send(asking.descriptor, "?", 1, 0) == 1;
  pollfd waiting{asking.descriptor, POLLIN, 0};
  if (!sent || ::poll(&waiting, 1, static_cast<int>(limit.count())) != 1) {
    return std::nullopt;
  }
  std::array<char, 2048> answer{};
  const auto got = ::recv(asking.descriptor, answer.data(), answer.size(), 0);
  return got < 0 ? std::nullopt
                 : std::optional(std::string(answer.data(), static_cast<std::size_t>(got)));
}

} // namespace

std::optional<std::string> ask(const lab& in, const lab_question& each, unsigned short port,
                               std::chrono::milliseconds limit) {
  return in.in(each.host, [&] { return ask_here(each, port, limit); });
}

} // namespace option_tests
