#pragma once

#include "golden/linux_32.hpp"
#include "golden/linux_64.hpp"
#include "golden/linux_timestamps.hpp"
#include "golden/windows_x64.hpp"
#include "golden/windows_x86.hpp"

namespace ancillary_test::golden {

// Every golden buffer of every layout.
inline const std::vector<golden_buffer>& all() {
  static const std::vector<golden_buffer> buffers = [] {
    std::vector<golden_buffer> joined;
    for (const auto& some : {linux_64::buffers(), linux_32::buffers(), linux_timestamps::buffers(),
                             windows_x64::buffers(), windows_x86::buffers()}) {
      joined.insert(joined.end(), some.begin(), some.end());
    }
    return joined;
  }();
  return buffers;
}

} // namespace ancillary_test::golden
