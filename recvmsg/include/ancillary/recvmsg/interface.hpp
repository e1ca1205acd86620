#pragma once

#include <ancillary/decoders/export.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ancillary {

// The index of the network interface with this name or number. Names take precedence: an interface
// called "7" is found by its name. On Windows, names are the interface's alias ("Ethernet 2",
// UTF-8) and its adapter name ("ethernet_32769").
//
// nullopt if there is no such interface. Queries the system on each call, because interfaces
// change.
[[nodiscard]] ANCILLARY_API std::optional<std::uint32_t>
interface_index(std::string_view name_or_number);

// The name of the interface with this index (on Windows its alias, UTF-8), or an empty string if
// there is none. `interface_index(interface_name(i))` is `i` for every existing interface.
[[nodiscard]] ANCILLARY_API std::string interface_name(std::uint32_t index);

} // namespace ancillary
