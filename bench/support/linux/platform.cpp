#include "../platform.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <sched.h>
#include <sstream>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <system_error>
#include <thread>
#include <time.h>
#include <unistd.h>

namespace ancillary::bench {

namespace {

std::int64_t ns(const timeval& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + std::int64_t{time.tv_usec} * 1'000;
}

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

} // namespace

std::int64_t receiver_time_ns() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

processor_time receiver_time() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  return {receiver_time_ns(), ns(use.ru_utime), ns(use.ru_stime)};
}

// The lines of /proc/net/udp: a number, address:port in hexadecimal, ..., drops.
std::optional<std::uint64_t> dropped_by_system(const std::vector<std::uint16_t>& ports) {
  std::ifstream table("/proc/net/udp");
  std::uint64_t sum = 0;
  std::string line;
  std::getline(table, line); // names of the columns
  while (std::getline(table, line)) {
    std::istringstream words(line);
    std::string number;
    std::string address;
    std::string last;
    words >> number >> address;
    while (words >> last) {
    }
    const auto port = std::stoul(address.substr(address.find(':') + 1), nullptr, 16);
    if (std::ranges::find(ports, port) != ports.end()) {
      sum += std::stoull(last);
    }
  }
  return sum;
}

void stay_on(place processor) {
  const unsigned count = std::thread::hardware_concurrency();
  if (count < 2) {
    return;
  }
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor == place::first ? 0 : count - 1, &set);
  sched_setaffinity(0, sizeof set, &set); // without it, a run is noisier but valid
}

std::string start_again(const std::string& argument) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) {
    fail("pipe");
  }
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) {
    fail("fork");
  }
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
      _exit(1);
    }
    dup2(ends[1], STDOUT_FILENO);
    execl("/proc/self/exe", "sender", argument.c_str(), nullptr);
    _exit(127);
  }
  close(ends[1]);
  std::string line;
  char letter = 0;
  while (read(ends[0], &letter, 1) == 1 && letter != '\n') {
    line += letter;
  }
  close(ends[0]);
  return line;
}

} // namespace ancillary::bench
