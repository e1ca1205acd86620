// The names under which people ask for metadata, and what the system answered, as text.
#pragma once

#include <ancillary/recvmsg/metadata_request.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tool {

// All names, separated by commas: for help and for error messages.
[[nodiscard]] std::string known_kinds();

// The fields that a list such as "ttl,tos" names; "all" names every kind. Throws
// std::invalid_argument whose message says what was wrong and which names there are.
[[nodiscard]] ancillary::field_set parse_kinds(std::string_view list);

// The fields of every kind, what "all" means.
[[nodiscard]] ancillary::field_set all_kinds();

// "arrival-interface" for field::original_arrival_interface; a field that cannot be asked for by
// name has its own name.
[[nodiscard]] std::string kind_name(ancillary::field what);

// One line for each kind that was asked for by name: "ttl: granted (IP_RECVTTL)", or refused and
// why.
[[nodiscard]] std::vector<std::string> describe(const ancillary::metadata_report& report);

// What is required and was refused, in one line; empty when nothing is missing.
[[nodiscard]] std::string describe_missing(const ancillary::metadata_report& report);

} // namespace tool
