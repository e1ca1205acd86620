// Two hosts with two links between them, as network namespaces with veth pairs. Needs root.
//
//   near                                        far
//   near0  10.77.0.1/24 and .11, MTU 1400       far0  10.77.0.2/24 and .3
//          fd77::1/64 and ::11, fe80::1               fd77::2/64 and ::3, fe80::2
//   near1  10.77.1.1/24                         far1  10.77.1.2/24 and .3
//          fd78::1/64, fe80::1                        fd78::2/64 and ::3, fe80::2
//   lo     10.77.8.8, fd7a::8                   lo    10.77.9.9, fd79::9
//
// The addresses on lo are routed over both links, of which the first is preferred.
#pragma once

#include <string>

namespace option_tests {

class two_hosts {
public:
  // Leaves the calling thread in `near`; the destructor restores its namespace.
  two_hosts();
  ~two_hosts();
  two_hosts(const two_hosts&) = delete;
  two_hosts& operator=(const two_hosts&) = delete;

  // Why the set-up failed; empty on success.
  const std::string& missing() const { return missing_; }

  // A socket permanently belongs to the host of the thread that opened it.
  template <class Make>
  auto on_far(Make&& make) const {
    enter(far_);
    auto made = make();
    enter(near_);
    return made;
  }

private:
  void enter(int host) const;
  void set_up();
  void new_host(int& host);
  void configure(const std::string& commands);

  int original_ = -1;
  int near_ = -1;
  int far_ = -1;
  std::string missing_;
};

} // namespace option_tests
