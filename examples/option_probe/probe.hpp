// Tests each option on this machine.
#pragma once

#include <ancillary/recvmsg/options/encoding.hpp>

#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace option_probe {

enum class outcome {
  supported, // the system accepted the option or returned its value
  refused,   // the system returned an error
  absent,    // this system has no such option; nothing was called
  untested   // a prerequisite (a raw socket) was not available
};

std::string_view to_string(outcome value);

struct row {
  const ancillary::option_support* known;
  outcome result;
  std::string value; // the current value or the error; never empty
  std::error_code error;
};

// One row for each option, in the order of option_id.
std::vector<row> probe_all(ancillary::ip_family family);

} // namespace option_probe
