#include "join.hpp"

#include "session.hpp"
#include <ancillary/recvmsg/multicast.hpp>

#include <system_error>

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
  try {
    ancillary::join_group(socket, what.group, interface);
  } catch (const std::system_error& refused) {
    const std::string where = what.interface_text.empty() ? "" : " on " + what.interface_text;
    throw set_up_error("cannot join " + group + where + ": " + refused.what());
  }
}

} // namespace tool
