// What this machine says of each of the options.
#pragma once

#include <ancillary/recvmsg/options/encoding.hpp>

#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace option_probe {

enum class outcome {
  supported, // the system took it or gave its value
  refused,   // the system was asked and said no
  absent,    // this system has no such option; it was not asked
  untested   // what the attempt needs (a raw socket) could not be had
};

std::string_view to_string(outcome value);

struct row {
  const ancillary::option_support* known;
  outcome result;
  std::string value; // the current value, or the refusal; never empty
  std::error_code error;
};

// One row for each option, in the order of option_id.
std::vector<row> probe_all(ancillary::ip_family family);

} // namespace option_probe
