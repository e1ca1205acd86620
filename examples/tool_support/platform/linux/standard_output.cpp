#include "../../standard_output.hpp"

#include <csignal>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

namespace tool {

bool has_standard_output() {
  const bool open = ::fcntl(STDOUT_FILENO, F_GETFD) != -1;
  // open() returns the lowest free descriptor.
  for (int descriptor = ::open("/dev/null", O_RDWR); descriptor >= 0;
       descriptor = ::open("/dev/null", O_RDWR)) {
    if (descriptor > STDERR_FILENO) {
      ::close(descriptor);
      break;
    }
  }
  return open;
}

void make_standard_output_binary() {} // it is

struct thread_interrupter::target {
  pthread_t thread = ::pthread_self();
};

thread_interrupter::thread_interrupter() : target_(std::make_unique<target>()) {
  struct sigaction action {};
  action.sa_handler = [](int) {};
  ::sigaction(SIGALRM, &action, nullptr); // without SA_RESTART: system calls fail with EINTR
}

thread_interrupter::~thread_interrupter() = default;

void thread_interrupter::interrupt() noexcept { ::pthread_kill(target_->thread, SIGALRM); }

} // namespace tool
