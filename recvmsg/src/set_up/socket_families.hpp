// The families of the datagrams that a socket receives.
#pragma once

#include "common/native_socket.hpp"
#include "common/socket_family.hpp"
#include "set_up/metadata_options.hpp"

#include <system_error>

namespace ancillary::detail {

enum class families { v4, v6, both };

[[nodiscard]] inline families families_of(native_socket socket, std::error_code& error) noexcept {
  const ip_family family = socket_family(socket, error);
  if (error || family == ip_family::v4) {
    return families::v4;
  }
  return is_v6_only(socket, error) ? families::v6 : families::both;
}

} // namespace ancillary::detail
