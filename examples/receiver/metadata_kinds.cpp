#include "metadata_kinds.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tool {
namespace {

using ancillary::field;

struct kind {
  std::string_view name;
  field what;
};

constexpr std::array<kind, 10> kinds{{
    {"destination", field::destination},
    {"interface", field::interface_index},
    {"receive-interface", field::receive_interface},
    {"arrival-interface", field::original_arrival_interface},
    {"ttl", field::hop_limit},
    {"tos", field::traffic_class},
    {"ecn", field::ecn},
    {"coalescing", field::segment_bytes},
    {"timestamp", field::timestamp},
    {"hardware-timestamp", field::hardware_timestamp},
}};

ancillary::field_set parse_kind(std::string_view name) {
  if (name == "all") {
    return all_kinds();
  }
  const auto found = std::ranges::find(kinds, name, &kind::name);
  if (found == kinds.end()) {
    throw std::invalid_argument("'" + std::string(name) + "' is unknown; use " + known_kinds() +
                                " or all");
  }
  return {found->what};
}

// "granted (IP_RECVTTL)", or "refused (IP_RECVIF: WSAENOPROTOOPT 10042; available since ...)".
std::string answer(const ancillary::metadata_grant& grant) {
  const std::string line = to_string(grant);
  return line.substr(to_string(grant.what).size() + std::string_view(": ").size());
}

} // namespace

std::string known_kinds() {
  std::string names;
  for (const kind& each : kinds) {
    names += (names.empty() ? "" : ", ") + std::string(each.name);
  }
  return names;
}

ancillary::field_set all_kinds() {
  ancillary::field_set fields;
  for (const kind& each : kinds) {
    fields.insert(each.what);
  }
  return fields;
}

ancillary::field_set parse_kinds(std::string_view list) {
  ancillary::field_set fields;
  while (true) {
    const auto comma = list.find(',');
    fields |= parse_kind(list.substr(0, comma));
    if (comma == std::string_view::npos) {
      return fields;
    }
    list.remove_prefix(comma + 1);
  }
}

std::string kind_name(field what) {
  const auto found = std::ranges::find(kinds, what, &kind::what);
  return std::string(found != kinds.end() ? found->name : ancillary::to_string(what));
}

std::vector<std::string> describe(const ancillary::metadata_report& report) {
  std::vector<std::string> lines;
  for (const ancillary::metadata_grant& grant : report.grants()) {
    if (!all_kinds().contains(grant.what)) {
      continue; // requested by the tool itself
    }
    lines.push_back(kind_name(grant.what) + ": " + answer(grant));
  }
  return lines;
}

std::string describe_missing(const ancillary::metadata_report& report) {
  std::string line;
  for (const ancillary::metadata_grant& grant : report.grants()) {
    if (grant.required && !grant.granted) {
      line += (line.empty() ? "" : ", ") + kind_name(grant.what) + ": " + answer(grant);
    }
  }
  return line;
}

} // namespace tool
