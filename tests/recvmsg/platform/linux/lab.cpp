#include "lab.hpp"

#include "support/patience.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <ifaddrs.h>
#include <net/if.h>
#include <sched.h>
#include <sstream>
#include <thread>
#include <unistd.h>

namespace option_tests {

namespace {

constexpr const char* this_network = "/proc/thread-self/ns/net";

bool all_carry() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) {
    return false;
  }
  bool carry = true;
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
    const bool up = (each->ifa_flags & IFF_UP) != 0;
    carry = carry && (!up || (each->ifa_flags & IFF_RUNNING) != 0);
  }
  ::freeifaddrs(first);
  return carry;
}

} // namespace

lab::visit::visit(const lab& of, char host) : lab_(of) {
  static_cast<void>(::setns(of.hosts_.at(host), CLONE_NEWNET));
}

lab::visit::~visit() { static_cast<void>(::setns(lab_.original_, CLONE_NEWNET)); }

lab::lab(std::string_view hosts) {
  original_ = ::open(this_network, O_RDONLY | O_CLOEXEC);
  for (const char host : hosts) {
    if (::unshare(CLONE_NEWNET) != 0) {
      missing_ = std::string("no network namespace: ") + std::strerror(errno);
      return;
    }
    hosts_[host] = ::open(this_network, O_RDONLY | O_CLOEXEC);
    static_cast<void>(::setns(original_, CLONE_NEWNET));
    ip(host, "link set lo up\n");
    for (const char* const which : {"all", "default"}) {
      const std::string family = std::string("net/ipv4/conf/") + which;
      // A host answers ARP only for the addresses of the receiving link, and accepts datagrams from
      // another link than its reply would use.
      sysctl(host, (family + "/rp_filter").c_str(), "0");
      sysctl(host, (family + "/arp_ignore").c_str(), "1");
      sysctl(host, (std::string("net/ipv6/conf/") + which + "/accept_dad").c_str(), "0");
    }
  }
}

lab::~lab() {
  for (const auto& [name, descriptor] : hosts_) {
    ::close(descriptor);
  }
  if (original_ >= 0) {
    ::close(original_);
  }
}

void lab::wire(char host, const char* link, char other, const char* other_link) {
  const std::string there =
      "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(hosts_[other]);
  ip(host, std::string("link add ") + link + " type veth peer name " + other_link + " netns " +
               there + "\nlink set " + link + " up\n");
  ip(other, std::string("link set ") + other_link + " up\n");
}

void lab::ip(char host, const std::string& lines, bool v6) {
  if (!missing_.empty()) {
    return;
  }
  const visit here(*this, host);
  std::FILE* const program =
      ::popen(v6 ? "ip -6 -batch - >/dev/null 2>&1" : "ip -batch - >/dev/null 2>&1", "w");
  if (program == nullptr) {
    missing_ = "cannot run ip";
    return;
  }
  std::fputs(lines.c_str(), program);
  if (::pclose(program) != 0) {
    missing_ = "ip (iproute2) is missing, or cannot do: " + lines.substr(0, lines.find('\n'));
  }
}

void lab::address(char host, const char* link, std::string_view addresses) {
  std::string lines;
  std::istringstream words{std::string(addresses)};
  for (std::string each; words >> each;) {
    const bool v6 = each.find(':') != std::string::npos;
    lines += "address add " + each + " dev " + link + (v6 ? " nodad" : " brd +") + "\n";
  }
  ip(host, lines);
}

void lab::sysctl(char host, const char* name, const char* value) {
  const visit here(*this, host);
  std::ofstream(std::string("/proc/sys/") + name) << value;
}

void lab::settle() {
  const auto deadline = std::chrono::steady_clock::now() + ancillary_test::patience;
  for (const auto& [name, descriptor] : hosts_) {
    const visit here(*this, name);
    while (!all_carry() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
}

} // namespace option_tests
