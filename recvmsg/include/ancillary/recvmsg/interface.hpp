#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ancillary {

// The index of the network interface that has this name, or this number. Names come first, so an
// interface that is called "7" is found by its name. On Windows both the interface's alias
// ("Ethernet 2", UTF-8) and its adapter name ("ethernet_32769") are names.
//
// Empty when there is no such interface. Asks the system each time: interfaces come and go.
[[nodiscard]] std::optional<std::uint32_t> interface_index(std::string_view name_or_number);

// The name of the interface with this index (Windows: its alias, UTF-8), or empty when there is
// none. `interface_index(interface_name(i))` is `i` for every existing interface.
[[nodiscard]] std::string interface_name(std::uint32_t index);

} // namespace ancillary
