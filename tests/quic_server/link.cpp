// link NAMESPACE_A NAMESPACE_B RATE_MBIT DELAY_MS LOSS_PERCENT MARK_MS: a bottleneck between two
// network namespaces, as an interface "link0" in each. In both directions a queue is served at the
// rate and followed by the delay. A packet that would wait longer than MARK_MS is marked as having
// experienced congestion (CE) if it is capable of it (RFC 3168); one that would wait 20 times as
// long is dropped; and some are lost at random. Prints "up" when both interfaces are, and its
// counts when it gets SIGTERM. Linux; needs root.
//
// Kernels without netem and without an AQM have no other such queue.

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <iostream>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <random>
#include <sched.h>
#include <span>
#include <stdexcept>
#include <string>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;
using std::chrono::nanoseconds;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::system_category(), what);
}

// A TUN interface in the namespace, which must be configured by the caller.
int open_interface(const std::string& name_space) {
  const int entry = open(("/run/netns/" + name_space).c_str(), O_RDONLY | O_CLOEXEC);
  if (entry < 0 || setns(entry, CLONE_NEWNET) != 0) {
    fail("namespace " + name_space);
  }
  close(entry);
  const int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::strcpy(request.ifr_name, "link0");
  if (tun < 0 || ioctl(tun, TUNSETIFF, &request) != 0) {
    fail("/dev/net/tun");
  }
  return tun;
}

// Sets CE in the IP header unless the packet is not ECN-capable. Returns whether it did.
bool mark(std::span<std::uint8_t> packet) {
  if (packet[0] >> 4 == 6) {
    if ((packet[1] & 0x30) == 0) {
      return false;
    }
    packet[1] |= 0x30;
    return true;
  }
  const std::uint8_t before = packet[1];
  if ((before & 3) == 0) {
    return false;
  }
  packet[1] |= 3;
  // RFC 1624: the checksum of the header, updated for the changed word.
  std::uint32_t sum = static_cast<std::uint32_t>(~(packet[10] << 8 | packet[11]) & 0xFFFF) +
                      static_cast<std::uint32_t>(~(packet[0] << 8 | before) & 0xFFFF) +
                      static_cast<std::uint32_t>(packet[0] << 8 | packet[1]);
  sum = (sum & 0xFFFF) + (sum >> 16);
  sum = (sum & 0xFFFF) + (sum >> 16);
  packet[10] = static_cast<std::uint8_t>(~sum >> 8);
  packet[11] = static_cast<std::uint8_t>(~sum);
  return true;
}

struct settings {
  double bytes_per_nanosecond;
  nanoseconds delay;
  double loss;
  nanoseconds mark_wait;
};

struct direction {
  int from;
  int to;
  struct waiting {
    clock_type::time_point leaves;
    std::vector<std::uint8_t> bytes;
  };
  std::deque<waiting> queue{};
  clock_type::time_point free_at{};
  std::uint64_t forwarded = 0, marked = 0, lost = 0, overflowed = 0;
};

constexpr int drop_waits = 20; // times mark_wait

void take_in(direction& way, const settings& link, std::mt19937& random) {
  std::array<std::uint8_t, 65'536> buffer;
  for (ssize_t bytes; (bytes = read(way.from, buffer.data(), buffer.size())) > 0;) {
    const auto now = clock_type::now();
    const auto starts = std::max(now, way.free_at);
    if (std::uniform_real_distribution<>()(random) < link.loss) {
      ++way.lost;
      continue;
    }
    if (starts - now > drop_waits * link.mark_wait) {
      ++way.overflowed;
      continue;
    }
    const std::span packet(buffer.data(), static_cast<std::size_t>(bytes));
    if (starts - now > link.mark_wait && mark(packet)) {
      ++way.marked;
    }
    way.free_at = starts + nanoseconds(static_cast<std::int64_t>(
                               static_cast<double>(packet.size()) / link.bytes_per_nanosecond));
    way.queue.push_back({way.free_at + link.delay, {packet.begin(), packet.end()}});
  }
}

void let_out(direction& way) {
  const auto now = clock_type::now();
  while (!way.queue.empty() && way.queue.front().leaves <= now) {
    const auto& bytes = way.queue.front().bytes;
    if (write(way.to, bytes.data(), bytes.size()) > 0) {
      ++way.forwarded;
    }
    way.queue.pop_front();
  }
}

volatile std::sig_atomic_t ended = 0;

void run(std::array<direction, 2>& ways, const settings& link) {
  std::mt19937 random(1); // the same losses each time, as far as the timing is the same
  while (ended == 0) {
    auto wake = clock_type::now() + std::chrono::seconds(1);
    for (const direction& way : ways) {
      if (!way.queue.empty()) {
        wake = std::min(wake, way.queue.front().leaves);
      }
    }
    const auto wait = std::max(nanoseconds(0), nanoseconds(wake - clock_type::now()));
    const timespec timeout{wait.count() / 1'000'000'000, wait.count() % 1'000'000'000};
    std::array<pollfd, 2> interfaces{{{ways[0].from, POLLIN, 0}, {ways[1].from, POLLIN, 0}}};
    ppoll(interfaces.data(), interfaces.size(), &timeout, nullptr);
    for (direction& way : ways) {
      take_in(way, link, random);
      let_out(way);
    }
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::cerr << "usage: link NAMESPACE_A NAMESPACE_B RATE_MBIT DELAY_MS LOSS_PERCENT MARK_MS\n";
    return 2;
  }
  try {
    const auto milliseconds = [](const char* text) {
      return nanoseconds(static_cast<std::int64_t>(std::atof(text) * 1e6));
    };
    const settings link{std::atof(argv[3]) / 8000, milliseconds(argv[4]), std::atof(argv[5]) / 100,
                        milliseconds(argv[6])};
    const int a = open_interface(argv[1]);
    const int b = open_interface(argv[2]);
    std::array<direction, 2> ways{direction{a, b}, direction{b, a}};
    std::signal(SIGTERM, [](int) { ended = 1; });
    std::cout << "up" << std::endl;
    run(ways, link);
    for (const direction& way : ways) {
      std::cout << (&way == &ways[0] ? "a to b: " : "b to a: ") << way.forwarded << " forwarded, "
                << way.marked << " marked, " << way.lost << " lost, " << way.overflowed
                << " overflowed\n";
    }
    return 0;
  } catch (const std::exception& problem) {
    std::cerr << "link: " << problem.what() << '\n';
    return 1;
  }
}
