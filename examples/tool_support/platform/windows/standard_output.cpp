#include "../../standard_output.hpp"

#include <cstdio>
#include <fcntl.h>
#include <io.h>
#include <windows.h>

namespace tool {

bool has_standard_output() {
  const HANDLE output = ::GetStdHandle(STD_OUTPUT_HANDLE);
  return output != nullptr && output != INVALID_HANDLE_VALUE;
}

void make_standard_output_binary() { ::_setmode(::_fileno(stdout), _O_BINARY); }

struct thread_interrupter::target {
  HANDLE thread = nullptr;
};

thread_interrupter::thread_interrupter() : target_(std::make_unique<target>()) {
  target_->thread = ::OpenThread(THREAD_TERMINATE, FALSE, ::GetCurrentThreadId());
}

thread_interrupter::~thread_interrupter() {
  if (target_->thread != nullptr) {
    ::CloseHandle(target_->thread);
  }
}

void thread_interrupter::interrupt() noexcept {
  if (target_->thread != nullptr) {
    ::CancelSynchronousIo(target_->thread);
  }
}

} // namespace tool
