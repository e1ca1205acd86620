#include <ancillary/recvmsg/receive_error.hpp>

namespace ancillary {

std::string_view to_string(receive_condition condition) noexcept {
  switch (condition) {
  case receive_condition::none:
    return "none";
  case receive_condition::port_unreachable:
    return "port_unreachable";
  case receive_condition::host_unreachable:
    return "host_unreachable";
  case receive_condition::hop_limit_exceeded:
    return "hop_limit_exceeded";
  case receive_condition::message_too_long:
    return "message_too_long";
  case receive_condition::network_down:
    return "network_down";
  case receive_condition::out_of_resources:
    return "out_of_resources";
  case receive_condition::interrupted:
    return "interrupted";
  case receive_condition::socket_closed:
    return "socket_closed";
  case receive_condition::other:
    return "other";
  }
  return "unknown";
}

} // namespace ancillary
