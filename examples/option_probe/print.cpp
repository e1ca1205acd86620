#include "print.hpp"

#include <ancillary/recvmsg/describe.hpp>

#include <algorithm>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <ostream>

namespace option_probe {
namespace {

using ancillary::version_support;
using ancillary::windows_version;

std::string use_of(const ancillary::option_support& option) {
  return option.gets && option.sets ? "get, set" : option.gets ? "get" : "set";
}

std::string_view cell(version_support support) {
  switch (support) {
  case version_support::not_listed:
    return "not listed";
  case version_support::no:
    return "no";
  case version_support::yes:
    return "yes";
  case version_support::later_release:
    return "later release";
  }
  return "unknown";
}

std::string_view or_none(std::string_view text) { return text.empty() ? "none" : text; }

nlohmann::json known_as_json(const ancillary::option_support& option) {
  nlohmann::json windows = nlohmann::json::object();
  for (std::size_t i = 0; i < ancillary::windows_version_count; ++i) {
    const auto version = static_cast<windows_version>(i);
    windows[std::string(to_string(version))] = cell(option.in(version));
  }
  return {{"name", option.name},
          {"class", "ancillary::options::" + std::string(option.class_name)},
          {"gets", option.gets},
          {"sets", option.sets},
          {"value_type", option.value_type},
          {"available_since", option.available_since},
          {"windows", windows},
          {"windows_ipv6", option.windows_ipv6},
          {"linux_ipv4", option.linux_ipv4},
          {"linux_ipv6", option.linux_ipv6},
          {"note", option.note}};
}

} // namespace

void print_table(std::ostream& out, const std::vector<row>& rows) {
  const auto line = [&out](std::string_view option, std::string_view name, std::string_view use,
                           std::string_view result, std::string_view since,
                           std::string_view value) {
    out << std::left << std::setw(26) << option << std::setw(27) << name << std::setw(9) << use
        << std::setw(10) << result << std::setw(24) << since << value << '\n';
  };
  line("option", "class", "use", "here", "since", "value or error");
  for (const row& entry : rows) {
    const auto& known = *entry.known;
    line(known.name, known.class_name, use_of(known), to_string(entry.result),
         known.available_since, entry.value);
  }
}

void print_json(std::ostream& out, const std::vector<row>& rows, ancillary::ip_family family) {
  nlohmann::json document = nlohmann::json::array();
  for (const row& entry : rows) {
    auto object = known_as_json(*entry.known);
    const auto number = ancillary::options::find_option_number(
        ancillary::layouts::native::id, entry.known->id, family,
        entry.known->sets ? ancillary::option_use::set : ancillary::option_use::get);
    object["level"] = number ? nlohmann::json(number->level) : nlohmann::json();
    object["number"] = number ? nlohmann::json(number->name) : nlohmann::json();
    object["status"] = to_string(entry.result);
    object["value"] = entry.value;
    object["error"] = entry.error ? nlohmann::json({{"code", entry.error.value()},
                                                    {"category", entry.error.category().name()},
                                                    {"message", ancillary::describe(entry.error)}})
                                  : nlohmann::json();
    document.push_back(std::move(object));
  }
  // System messages may be in any character set.
  out << document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

void print_markdown(std::ostream& out) {
  out << "# Socket options\n\n"
         "Every IPPROTO_IP option of Windows has a class in `ancillary::options` for any Asio "
         "socket. `option_probe --markdown`\ngenerates this file from the data of the library's "
         "messages; a test fails if it is out of date.\n\n"
         "On an IPv6 socket a class uses the option in the IPv6 columns. If there is none, "
         "`set_option` and `get_option`\nthrow `std::system_error` with "
         "`asio::error::operation_not_supported` without calling the system.\n\n"
         "| Option | Class | Use | Windows type | Value | Windows IPv6 | Linux IPv4 | Linux IPv6 "
         "| Note |\n|-|-|-|-|-|-|-|-|-|\n";
  const auto known = ancillary::all_option_support();
  for (const auto& option : known) {
    out << "| " << option.name << " | `" << option.class_name << "` | " << use_of(option) << " | "
        << option.value_type << " | " << option.value << " | " << or_none(option.windows_ipv6)
        << " | " << or_none(option.linux_ipv4) << " | " << or_none(option.linux_ipv6) << " | "
        << option.note << " |\n";
  }
  out << "\n## Windows versions\n\n"
         "From the two support tables of Microsoft's list \"IPPROTO_IP socket options\". Options "
         "without a row there are\n\"not listed\"; for them, the Since column is from the "
         "documentation of the Windows SDK.\n\n| Option | Since |";
  for (std::size_t i = 0; i < ancillary::windows_version_count; ++i) {
    out << ' ' << to_string(static_cast<windows_version>(i)) << " |";
  }
  out << "\n|-|-|-|-|-|-|-|-|-|-|\n";
  for (const auto& option : known) {
    out << "| " << option.name << " | " << option.available_since << " |";
    for (const auto support : option.versions) {
      out << ' ' << cell(support) << " |";
    }
    out << '\n';
  }
}

} // namespace option_probe
