// Makes one of the library's system calls fail, or behave differently, at a chosen call.
#pragma once

#include "platform/linux/system_calls.hpp"

#include <atomic>
#include <cerrno>
#include <functional>
#include <limits>

namespace ancillary_test {

// Replaces one member of `system_calls` for its lifetime; one at a time, and around the lifetime of
// threads that make calls.
//
//   faulty_call<&system_calls::recvmmsg> fault({.at = 2, .error = ENOMEM}); // the second call
template <auto Member>
class faulty_call;

struct fault_plan {
  int at = std::numeric_limits<int>::max(); // the first call that fails, from 1
  int times = 1;
  int error = 0;
  std::function<void()> before{}; // before each failing call; with error 0 the call succeeds
};

template <class Result, class... Arguments,
          Result (*ancillary::detail::system_calls::*Member)(Arguments...)>
class faulty_call<Member> {
public:
  explicit faulty_call(fault_plan plan) {
    plan_ = std::move(plan);
    calls_ = 0;
    faults_ = 0;
    ancillary::detail::system.*Member = &call;
  }
  ~faulty_call() {
    ancillary::detail::system.*Member = ancillary::detail::system_calls{}.*Member;
    plan_ = {};
  }
  faulty_call(const faulty_call&) = delete;
  faulty_call& operator=(const faulty_call&) = delete;

  // The number of calls so far, and of those that failed.
  [[nodiscard]] int calls() const { return calls_; }
  [[nodiscard]] int faults() const { return faults_; }

private:
  static Result call(Arguments... arguments) {
    const int number = ++calls_;
    if (number >= plan_.at && number - plan_.at < plan_.times) {
      ++faults_;
      if (plan_.before) {
        plan_.before();
      }
      if (plan_.error != 0) {
        errno = plan_.error;
        return -1;
      }
    }
    return (ancillary::detail::system_calls{}.*Member)(arguments...);
  }

  inline static fault_plan plan_{};
  inline static std::atomic<int> calls_{0};
  inline static std::atomic<int> faults_{0};
};

} // namespace ancillary_test
