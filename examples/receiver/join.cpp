#include "join.hpp"

#include "session.hpp"
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/multicast.hpp>

namespace tool {

void join(asio::ip::udp::socket& socket, const group_join& what) {
  const std::string group = what.group.to_string();
  ancillary::options::interface_selector interface;
  if (!what.interface_text.empty()) {
    interface = ancillary::options::interface_selector(what.interface_text);
    if (interface.is_unknown()) {
      throw set_up_error("cannot join " + group + ": no interface '" + what.interface_text +
                         "'; use its name, its index or, for an IPv4 group, its address");
    }
  }
  std::error_code error;
  ancillary::join_group(socket, what.group, interface, error);
  if (error) {
    const std::string where = what.interface_text.empty() ? "" : " on " + what.interface_text;
    throw set_up_error("cannot join " + group + where + ": " + ancillary::describe(error));
  }
}

} // namespace tool
