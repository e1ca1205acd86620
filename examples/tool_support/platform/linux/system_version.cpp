#include "../../arguments.hpp"

#include <sys/utsname.h>

namespace tool {

std::string system_version() {
  utsname name{};
  return ::uname(&name) == 0 ? std::string(name.sysname) + " " + name.release : "Linux";
}

} // namespace tool
