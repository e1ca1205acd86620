#include "two_hosts.hpp"

#include "support/patience.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <initializer_list>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace option_tests {

namespace {

bool is_running(int socket, const char* link) {
  ifreq request{};
  std::strncpy(request.ifr_name, link, IFNAMSIZ - 1);
  return ::ioctl(socket, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_RUNNING) != 0;
}

// A new link works only a moment later; until then datagrams are lost silently.
void wait_for(std::initializer_list<const char*> links) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  const auto deadline = std::chrono::steady_clock::now() + ancillary_test::patience;
  for (const char* const link : links) {
    while (!is_running(socket, link) && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  ::close(socket);
}

} // namespace

two_hosts::two_hosts() { set_up(); }

two_hosts::~two_hosts() {
  enter(original_);
  for (const int descriptor : {original_, near_, far_}) {
    if (descriptor >= 0) {
      ::close(descriptor);
    }
  }
}

void two_hosts::enter(int host) const {
  if (host >= 0) {
    static_cast<void>(::setns(host, CLONE_NEWNET));
  }
}

void two_hosts::new_host(int& host) {
  if (!missing_.empty()) {
    return;
  }
  if (::unshare(CLONE_NEWNET) != 0) {
    missing_ = std::string("no network namespace: ") + std::strerror(errno);
    return;
  }
  host = ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

void two_hosts::configure(const std::string& commands) {
  if (!missing_.empty()) {
    return;
  }
  std::FILE* const ip = ::popen("ip -batch - >/dev/null 2>&1", "w");
  if (ip == nullptr) {
    missing_ = "cannot run ip";
    return;
  }
  std::fputs(commands.c_str(), ip);
  if (::pclose(ip) != 0) {
    missing_ = "ip (iproute2) is missing, or the system has no veth";
  }
}

void two_hosts::set_up() {
  original_ = ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  new_host(near_);
  new_host(far_);
  if (!missing_.empty()) {
    return;
  }
  const std::string near = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(near_);
  // Without nodad, an IPv6 address is unusable for seconds, and the automatic link-local addresses
  // resolve nothing.
  configure("link set lo up\n"
            "link add far0 type veth peer name near0 netns " +
            near +
            "\n"
            "link add far1 type veth peer name near1 netns " +
            near +
            "\n"
            "address add 10.77.0.2/24 dev far0\n"
            "address add 10.77.0.3/24 dev far0\n"
            "address add fd77::2/64 dev far0 nodad\n"
            "address add fd77::3/64 dev far0 nodad\n"
            "address add 10.77.1.2/24 dev far1\n"
            "address add 10.77.1.3/24 dev far1\n"
            "address add fd78::2/64 dev far1 nodad\n"
            "address add fd78::3/64 dev far1 nodad\n"
            "address add fe80::2/64 dev far0 nodad\n"
            "address add fe80::2/64 dev far1 nodad\n"
            "address add 10.77.9.9/32 dev lo\n"
            "address add fd79::9/128 dev lo nodad\n"
            "link set far0 addrgenmode none up\n"
            "link set far1 addrgenmode none up\n"
            "route add 10.77.8.8 via 10.77.0.1 dev far0 metric 10\n"
            "route add 10.77.8.8 via 10.77.1.1 dev far1 metric 20\n"
            "route add fd7a::8 via fd77::1 dev far0 metric 10\n"
            "route add fd7a::8 via fd78::1 dev far1 metric 20\n");
  enter(near_);
  configure("link set lo up\n"
            "address add 10.77.0.1/24 dev near0\n"
            "address add 10.77.0.11/24 dev near0\n"
            "address add fd77::1/64 dev near0 nodad\n"
            "address add fd77::11/64 dev near0 nodad\n"
            "address add 10.77.1.1/24 dev near1\n"
            "address add fd78::1/64 dev near1 nodad\n"
            "address add fe80::1/64 dev near0 nodad\n"
            "address add fe80::1/64 dev near1 nodad\n"
            "address add 10.77.8.8/32 dev lo\n"
            "address add fd7a::8/128 dev lo nodad\n"
            "link set near0 addrgenmode none mtu 1400 up\n"
            "link set near1 addrgenmode none up\n");
  wait_for({"near0", "near1"});
  enter(far_);
  wait_for({"far0", "far1"});
  enter(near_);
  configure("route add 10.77.9.9 via 10.77.0.2 dev near0 metric 10\n"
            "route add 10.77.9.9 via 10.77.1.2 dev near1 metric 20\n"
            "route add fd79::9 via fd77::2 dev near0 metric 10\n"
            "route add fd79::9 via fd78::2 dev near1 metric 20\n");
}

} // namespace option_tests
