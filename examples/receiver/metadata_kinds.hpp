// The names of metadata on the command line, and the system's answers as text.
#pragma once

#include <ancillary/recvmsg/metadata_request.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tool {

// All names, separated by commas, for help and error messages.
[[nodiscard]] std::string known_kinds();

// The fields that a list such as "ttl,tos" names; "all" names every kind. Throws
// std::invalid_argument with a message that lists the valid names.
[[nodiscard]] ancillary::field_set parse_kinds(std::string_view list);

// The fields of "all".
[[nodiscard]] ancillary::field_set all_kinds();

// "arrival-interface" for field::original_arrival_interface; fields that cannot be requested by
// name keep the name of their enumerator.
[[nodiscard]] std::string kind_name(ancillary::field what);

// One line for each kind requested by name: "ttl: granted (IP_RECVTTL)", or refused with the
// reason.
[[nodiscard]] std::vector<std::string> describe(const ancillary::metadata_report& report);

// The required kinds that were refused, in one line; empty if there are none.
[[nodiscard]] std::string describe_missing(const ancillary::metadata_report& report);

} // namespace tool
