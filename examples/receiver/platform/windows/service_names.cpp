#include "../../service_names.hpp"

#include <winsock2.h>

namespace tool {

std::string service_name(std::uint16_t port) {
  const servent* service = ::getservbyport(::htons(port), "udp");
  return service != nullptr ? service->s_name : "";
}

} // namespace tool
