// restart_load PORT RATE: sends numbered datagrams at a rate to a restarting_server, until a line
// or the end of standard input, and checks that each is answered exactly once and that the flows
// keep their lanes. Prints the counts as JSON. Standard library and Linux only, no Ancillary.
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <set>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr std::size_t flows = 32;
constexpr int receive_buffer = 8 << 20;
constexpr auto tick = 1ms;
constexpr auto quiet = 10s; // without an answer: what is missing will not come
constexpr std::size_t answer_bytes = 64;

// The datagrams that the system has dropped for want of room.
std::uint32_t drops_of(int socket) {
  std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
  socklen_t bytes = sizeof info;
  ::getsockopt(socket, SOL_SOCKET, SO_MEMINFO, info.data(), &bytes);
  return info[SK_MEMINFO_DROPS];
}

struct flow {
  int socket = -1;
  std::set<std::string> lanes; // that have answered
};

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

int connected_socket(std::uint16_t port) {
  const int made = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (made < 0 ||
      ::setsockopt(made, SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, sizeof receive_buffer) != 0 ||
      ::connect(made, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    fail("socket");
  }
  return made;
}

class load {
public:
  explicit load(std::uint16_t port) {
    for (flow& each : flows_) {
      each.socket = connected_socket(port);
    }
  }

  void send(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto number = static_cast<std::uint32_t>(answers_.size());
      if (::send(flows_[number % flows].socket, &number, sizeof number, 0) != sizeof number) {
        ++unsent_; // no room in the send buffer
        continue;
      }
      answers_.push_back(0);
    }
  }

  // Reads what is there.
  std::size_t read() {
    std::size_t count = 0;
    for (flow& each : flows_) {
      std::array<char, answer_bytes> text{};
      ssize_t bytes = 0;
      while ((bytes = ::recv(each.socket, text.data(), text.size(), 0)) >= 0) {
        note(each, {text.data(), static_cast<std::size_t>(bytes)});
        ++count;
      }
      if (errno == ECONNREFUSED) {
        ++refused_; // no socket had the port
      }
    }
    return count;
  }

  // Whether answers may still come.
  [[nodiscard]] bool is_complete() const {
    return std::find(answers_.begin(), answers_.end(), 0) == answers_.end();
  }

  void print() const {
    const auto missing = std::count(answers_.begin(), answers_.end(), 0);
    const auto doubled =
        std::count_if(answers_.begin(), answers_.end(), [](std::uint8_t each) { return each > 1; });
    const auto moved = std::count_if(flows_.begin(), flows_.end(),
                                     [](const flow& each) { return each.lanes.size() > 1; });
    std::size_t dropped = 0;
    for (const flow& each : flows_) {
      dropped += drops_of(each.socket);
    }
    std::printf(
        "{\"sent\": %zu, \"unsent\": %zu, \"missing\": %td, \"doubled\": %td, \"strange\": %zu, "
        "\"refused\": %zu, \"flows_that_moved\": %td, \"processes\": %zu, \"dropped\": %zu}\n",
        answers_.size(), unsent_, missing, doubled, strange_, refused_, moved, processes_.size(),
        dropped);
  }

private:
  // "NUMBER lane L of P", the number as it was sent.
  void note(flow& of, std::string_view answer) {
    std::uint32_t number = 0;
    constexpr std::string_view word = " lane ";
    if (answer.size() < sizeof number + word.size() ||
        answer.substr(sizeof number, word.size()) != word) {
      ++strange_;
      return;
    }
    std::memcpy(&number, answer.data(), sizeof number);
    if (number >= answers_.size() ||
        number % flows != static_cast<std::size_t>(&of - flows_.data())) {
      ++strange_;
      return;
    }
    ++answers_[number];
    const std::string_view rest = answer.substr(sizeof number + word.size());
    const std::size_t space = rest.find(' ');
    of.lanes.emplace(rest.substr(0, space));
    processes_.emplace(rest.substr(std::min(rest.find("of "), rest.size())));
  }

  std::array<flow, flows> flows_;
  std::vector<std::uint8_t> answers_; // by number
  std::set<std::string> processes_;
  std::size_t unsent_ = 0;
  std::size_t refused_ = 0;
  std::size_t strange_ = 0;
};

bool told_to_end() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return ::poll(&input, 1, 0) > 0;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("restart_load PORT RATE\n", stderr);
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  const auto rate = static_cast<std::size_t>(std::atoi(argv[2]));
  load traffic(port);
  const auto start = steady::now();
  std::size_t due = 0;
  while (!told_to_end()) {
    // What is due by now, also after a pause of this program.
    const auto elapsed = std::chrono::duration<double>(steady::now() - start).count();
    const auto now_due = static_cast<std::size_t>(elapsed * static_cast<double>(rate));
    traffic.send(now_due - due);
    due = now_due;
    traffic.read();
    std::this_thread::sleep_for(tick);
  }
  for (auto last = steady::now(); !traffic.is_complete() && steady::now() - last < quiet;) {
    if (traffic.read() != 0) {
      last = steady::now();
    }
    std::this_thread::sleep_for(tick);
  }
  traffic.print();
}
