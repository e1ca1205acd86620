#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

namespace tool {

// The name of a UDP port in the system's table of services, "domain" for 53; empty if it has none.
[[nodiscard]] std::string service_name(std::uint16_t port);

// Caches the names, because the system reads a file for each.
class service_names {
public:
  [[nodiscard]] const std::string& of(std::uint16_t port) {
    auto found = names_.find(port);
    if (found == names_.end()) {
      found = names_.emplace(port, service_name(port)).first;
    }
    return found->second;
  }

private:
  std::unordered_map<std::uint16_t, std::string> names_;
};

} // namespace tool
