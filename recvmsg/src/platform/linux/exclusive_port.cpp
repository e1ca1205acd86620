#include "set_up/exclusive_port.hpp"

namespace ancillary::detail {

std::error_code keep_port_exclusive(native_socket) noexcept { return {}; }

} // namespace ancillary::detail
