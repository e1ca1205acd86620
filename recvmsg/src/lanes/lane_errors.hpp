// Errors of setting up lanes.
#pragma once

#include <ancillary/recvmsg/describe.hpp>

#include <cstddef>
#include <string>
#include <system_error>

namespace ancillary::detail {

inline std::string name_of(std::size_t lane) { return "lane " + std::to_string(lane) + ": "; }

[[noreturn]] inline void fail(const std::error_code& error, std::size_t lane, const char* step) {
  throw described_error(error, name_of(lane) + step);
}

} // namespace ancillary::detail
