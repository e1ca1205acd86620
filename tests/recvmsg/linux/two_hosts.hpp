// Two hosts with two links between them, as network namespaces with veth pairs. Needs root.
//
//   near: near0 10.77.0.1/24 fd77::1/64, MTU 1400     far: far0 10.77.0.2/24 and .3, fd77::2/64 and
//   ::3
//         near1 10.77.1.1/24 fd78::1/64                    far1 10.77.1.2/24, fd78::2/64
//         10.77.9.9 and fd79::9 over both links            10.77.9.9/32 and fd79::9/128 on lo
#pragma once

#include <string>

namespace option_tests {

class two_hosts {
public:
  // Leaves the calling thread in `near`, and where it was before when this ends.
  two_hosts();
  ~two_hosts();
  two_hosts(const two_hosts&) = delete;
  two_hosts& operator=(const two_hosts&) = delete;

  // Why it could not be made; empty when it is there.
  const std::string& missing() const { return missing_; }

  // A socket belongs to the host that its thread was in when it was made, for good.
  template <class Make>
  auto on_far(Make&& make) {
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
