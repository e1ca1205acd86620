// peer_load PORT PEERS RATE [SECONDS]: speaks to a per_peer server from as many sockets, while new
// ones come: each peer sends numbered datagrams and expects each answer exactly once, counted as
// its own. Prints the counts as JSON. Linux only, no Ancillary.
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>
#include <string>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr auto quiet = 10s; // without an answer: what is missing will not come
constexpr auto tick = 1ms;

struct peer {
  int socket = -1;
  std::uint32_t sent = 0;
  std::vector<std::size_t> counts{};   // the server's, which it adds to each answer
  std::vector<std::uint8_t> answers{}; // by number
};

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

class load {
public:
  load(std::uint16_t port, std::size_t most) : epoll_(::epoll_create1(0)), most_(most) {
    to_.sin_family = AF_INET;
    to_.sin_port = htons(port);
    to_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peers_.reserve(most);
  }

  [[nodiscard]] bool has_all() const { return peers_.size() == most_; }
  [[nodiscard]] std::size_t open() const { return sent_ - answered_; }

  void add_peer() {
    peer made;
    // An own address for every 20,000 sockets: there are not more ports.
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr.s_addr =
        htonl(INADDR_LOOPBACK + static_cast<std::uint32_t>(peers_.size() / 20000));
    made.socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (made.socket < 0 ||
        ::bind(made.socket, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0 ||
        ::connect(made.socket, reinterpret_cast<const sockaddr*>(&to_), sizeof to_) != 0) {
      fail("socket of a peer");
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = peers_.size();
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, made.socket, &event) != 0) {
      fail("epoll_ctl");
    }
    peers_.push_back(std::move(made));
    send(peers_.back());
  }

  // From one peer after the other.
  void send_next() {
    if (!peers_.empty()) {
      send(peers_[next_++ % peers_.size()]);
    }
  }

  std::size_t read() {
    std::size_t count = 0;
    std::array<epoll_event, 256> events{};
    int ready = 0;
    while ((ready = ::epoll_wait(epoll_, events.data(), events.size(), 0)) > 0) {
      for (int i = 0; i < ready; ++i) {
        count += read(peers_[events[static_cast<std::size_t>(i)].data.u64]);
      }
    }
    return count;
  }

  void print() {
    std::size_t missing = 0;
    std::size_t wrong_counts = 0; // peers that the server did not count by themselves
    std::size_t doubled = 0;
    for (peer& each : peers_) {
      std::sort(each.counts.begin(), each.counts.end());
      for (std::size_t i = 0; i < each.counts.size(); ++i) {
        if (each.counts[i] != each.counts[0] + i) { // the port can have been another's before
          ++wrong_counts;
          break;
        }
      }
      missing += static_cast<std::size_t>(
          std::count(each.answers.begin(), each.answers.end(), std::uint8_t{0}));
      doubled += static_cast<std::size_t>(std::count_if(each.answers.begin(), each.answers.end(),
                                                        [](std::uint8_t n) { return n > 1; }));
    }
    std::printf(
        "{\"peers\": %zu, \"sent\": %zu, \"missing\": %zu, \"doubled\": %zu, \"strange\": %zu, "
        "\"wrong_counts\": %zu, \"refused\": %zu}\n",
        peers_.size(), sent_, missing, doubled, strange_, wrong_counts, refused_);
  }

private:
  void send(peer& from) {
    const std::uint32_t number = from.sent;
    if (::send(from.socket, &number, sizeof number, 0) == sizeof number) {
      ++from.sent;
      ++sent_;
      from.answers.push_back(0);
    } else if (errno == ECONNREFUSED) {
      ++refused_; // nobody had the port
    }
  }

  std::size_t read(peer& of) {
    std::size_t count = 0;
    std::array<char, 64> text{};
    ssize_t bytes = 0;
    while ((bytes = ::recv(of.socket, text.data(), text.size() - 1, 0)) >= 0) {
      text[static_cast<std::size_t>(bytes)] = '\0';
      note(of, text.data(), static_cast<std::size_t>(bytes));
      ++count;
    }
    return count;
  }

  // The number as it was sent, " ", and how many of this peer's the server has answered.
  void note(peer& of, const char* answer, std::size_t bytes) {
    std::uint32_t number = 0;
    if (bytes < sizeof number + 2) {
      ++strange_;
      return;
    }
    std::memcpy(&number, answer, sizeof number);
    if (number >= of.answers.size()) {
      ++strange_;
      return;
    }
    answered_ += of.answers[number]++ == 0 ? 1U : 0U;
    of.counts.push_back(static_cast<std::size_t>(std::atol(answer + sizeof number + 1)));
  }

  int epoll_;
  std::size_t most_;
  sockaddr_in to_{};
  std::vector<peer> peers_;
  std::size_t next_ = 0;
  std::size_t sent_ = 0;
  std::size_t answered_ = 0;
  std::size_t strange_ = 0;
  std::size_t refused_ = 0;
};

} // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("peer_load PORT PEERS RATE [SECONDS]\n", stderr);
    return 2;
  }
  rlimit descriptors{};
  ::getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &descriptors);
  const auto peers = static_cast<std::size_t>(std::atol(argv[2]));
  const auto rate = static_cast<double>(std::atol(argv[3]));
  const auto duration = std::chrono::duration<double>(argc > 4 ? std::atof(argv[4]) : 0);
  load traffic(static_cast<std::uint16_t>(std::atoi(argv[1])), peers);

  // Peers come, and those that are there go on sending.
  const auto start = steady::now();
  while (!traffic.has_all()) {
    for (int i = 0; i < 16 && !traffic.has_all(); ++i) {
      traffic.add_peer();
      traffic.send_next();
      traffic.send_next();
    }
    // Not more than the server's receive buffer holds.
    for (const auto last = steady::now(); traffic.open() > 64 && steady::now() - last < quiet;) {
      traffic.read();
    }
  }
  const auto all_there = steady::now();
  std::fprintf(stderr, "peers: %.0f a second\n",
               static_cast<double>(peers) /
                   std::chrono::duration<double>(all_there - start).count());
  std::size_t due = 0;
  while (steady::now() - all_there < duration) {
    const auto now_due = static_cast<std::size_t>(
        std::chrono::duration<double>(steady::now() - all_there).count() * rate);
    for (; due < now_due; ++due) {
      traffic.send_next();
    }
    traffic.read();
    std::this_thread::sleep_for(tick);
  }
  for (auto last = steady::now(); traffic.open() != 0 && steady::now() - last < quiet;) {
    if (traffic.read() != 0) {
      last = steady::now();
    }
    std::this_thread::sleep_for(tick);
  }
  traffic.print();
}
