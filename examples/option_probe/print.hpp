// The three forms of option_probe's output.
#pragma once

#include "probe.hpp"

#include <iosfwd>
#include <vector>

namespace option_probe {

// A table with one line per option.
void print_table(std::ostream& out, const std::vector<row>& rows);

// An array of objects. Keys: name, class, level and number (null where this system has no such
// option), gets, sets, value_type, status, value, error (null or {code, category, message}),
// available_since, windows (an object of versions), windows_ipv6, linux_ipv4, linux_ipv6, note.
void print_json(std::ostream& out, const std::vector<row>& rows, ancillary::ip_family family);

// The reference for all systems: docs/socket-options.md.
void print_markdown(std::ostream& out);

} // namespace option_probe
