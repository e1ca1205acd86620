// The library's counters compared with the kernel's: a network namespace has its own counters
// (/proc/net/snmp), and SO_RXQ_OVFL counts a socket's drops.
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include "support/ways_to_receive.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <net/if.h>
#include <sched.h>
#include <sstream>
#include <string>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace ancillary_test;
using ancillary::field;

namespace {

// Moves the thread into a network namespace with only a loopback interface.
class own_network {
public:
  own_network() : before_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {
    if (::unshare(CLONE_NEWNET) != 0) {
      missing_ = std::string("no network namespace: ") + std::strerror(errno);
      return;
    }
    ifreq loopback{};
    std::strcpy(loopback.ifr_name, "lo");
    loopback.ifr_flags = IFF_UP;
    const int any = ::socket(AF_INET, SOCK_DGRAM, 0);
    if (::ioctl(any, SIOCSIFFLAGS, &loopback) != 0) {
      missing_ = std::string("no loopback: ") + std::strerror(errno);
    }
    ::close(any);
  }
  ~own_network() {
    static_cast<void>(::setns(before_, CLONE_NEWNET));
    ::close(before_);
  }
  own_network(const own_network&) = delete;
  own_network& operator=(const own_network&) = delete;

  const std::string& missing() const { return missing_; }

private:
  int before_;
  std::string missing_;
};

// The line of /proc/net/snmp with this name, for the thread's namespace.
std::map<std::string, std::uint64_t> kernel_counters(const std::string& protocol) {
  std::ifstream file("/proc/thread-self/net/snmp");
  std::map<std::string, std::uint64_t> counters;
  std::string names;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(protocol + ":")) {
      continue;
    }
    if (names.empty()) {
      names = line;
      continue;
    }
    std::istringstream keys(names);
    std::istringstream values(line);
    std::string key;
    std::string value;
    keys >> key;
    values >> value;
    while (keys >> key && values >> value) {
      counters[key] = std::stoull(value);
    }
  }
  return counters;
}

// The namespace's UDP counters since the last call.
class kernel_witness {
public:
  std::uint64_t since(const std::string& name) { return kernel_counters("Udp")[name] - at_[name]; }

private:
  std::map<std::string, std::uint64_t> at_ = kernel_counters("Udp");
};

} // namespace

TEMPLATE_TEST_CASE("the library's counters equal the kernel's, also when datagrams are dropped",
                   "[accounting]", callback_form, batch_callback_form, coroutine_form,
                   own_loop_form) {
  const own_network network;
  if (!network.missing().empty()) {
    SKIP_BECAUSE(network.missing());
  }
  kernel_witness kernel;
  TestType way(
      [](asio::io_context& io) {
        asio::ip::udp::socket socket(io, loopback_any_port());
        socket.set_option(asio::socket_base::receive_buffer_size(16 * 1024));
        return socket;
      },
      {.metadata = ancillary::require({field::dropped_total}), .batch = 8});
  loopback_sender from(way.socket().local_endpoint());
  std::uint64_t sent = 0;
  for (const int burst : {1, 200, 5, 64, 500, 3}) {
    for (int i = 0; i < burst; ++i) {
      from.send(std::string(static_cast<std::size_t>(i % 300), 'x'));
      ++sent;
    }
    REQUIRE(way.run_until([&] {
      return way.seen.delivered == kernel.since("InDatagrams") &&
             way.seen.delivered + kernel.since("RcvbufErrors") == sent;
    }));
  }
  from.send("the last one says how many were lost");
  REQUIRE(
      way.run_until([&] { return way.seen.delivered + kernel.since("RcvbufErrors") == sent + 1; }));
  const ancillary::receive_counters counted = way.counters();
  CHECK(counted.datagrams == way.seen.delivered);
  CHECK(counted.datagrams == kernel.since("InDatagrams"));
  CHECK(counted.kernel_drops > 0);
  CHECK(counted.kernel_drops == kernel.since("RcvbufErrors"));
  CHECK(counted.datagrams + counted.kernel_drops == sent + 1);
  CHECK(kernel.since("InErrors") == kernel.since("RcvbufErrors"));
}
