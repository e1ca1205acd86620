#include "reference_list.hpp"
#include "support/catch.hpp"
#include <ancillary/recvmsg/socket_options.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

namespace options = ancillary::options;
using ancillary::ip_family;
using ancillary::option_use;
using ancillary::version_support;

using cells = std::vector<std::string_view>;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

std::vector<cells> rows_of(std::string_view table) {
  std::vector<cells> rows;
  for (const auto line : split(table, '\n')) {
    if (!line.empty()) {
      rows.push_back(split(line, '|'));
    }
  }
  return rows;
}

const cells* row_named(const std::vector<cells>& rows, std::string_view name) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [name](const auto& row) { return row[0] == name; });
  return found == rows.end() ? nullptr : &*found;
}

template <class... Options>
std::vector<std::string_view> names_of(std::tuple<Options...>*) {
  return {ancillary::support_of(Options::id).name...};
}

version_support support_in(std::string_view cell) {
  if (cell.empty()) {
    return version_support::no;
  }
  return cell == "x" ? version_support::yes : version_support::later_release;
}

template <class Option>
void check_class_name(std::string_view name) {
  CHECK(ancillary::support_of(Option::id).class_name == name);
}

} // namespace

TEST_CASE("every option of the reference list has a class and an entry") {
  const auto rows = rows_of(option_tests::reference_options);
  const auto classes = names_of(static_cast<options::all_options*>(nullptr));
  CHECK(rows.size() == 26);
  CHECK(classes.size() == ancillary::option_count);
  CHECK(ancillary::all_option_support().size() == ancillary::option_count);
  static_assert(ancillary::listed_option_count == 26);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    INFO(row[0]);
    CHECK(std::count(classes.begin(), classes.end(), row[0]) == 1);
    const auto* const known = ancillary::find_option_support(row[0]);
    REQUIRE(known != nullptr);
    CHECK(known == &ancillary::all_option_support()[i]);
    CHECK(known == &ancillary::support_of(known->id));
    CHECK(known->gets == (row[1] == "yes"));
    CHECK(known->sets == (row[2] == "yes"));
    CHECK(known->value_type == row[3]);
  }
  CHECK(ancillary::find_option_support("IP_NO_SUCH_OPTION") == nullptr);
  CHECK(ancillary::find_option_support("") == nullptr);
}

TEST_CASE("option_support has every cell of the reference list's tables") {
  const auto newer = rows_of(option_tests::reference_newer_versions);
  const auto older = rows_of(option_tests::reference_older_versions);
  CHECK(newer.size() == 22);
  CHECK(older.size() == 22);
  for (const auto& known : ancillary::all_option_support().first(ancillary::listed_option_count)) {
    INFO(known.name);
    const auto* const new_row = row_named(newer, known.name);
    const auto* const old_row = row_named(older, known.name);
    REQUIRE((new_row == nullptr) == (old_row == nullptr));
    if (new_row == nullptr) {
      for (const auto support : known.versions) {
        CHECK(support == version_support::not_listed);
      }
      continue;
    }
    REQUIRE(new_row->size() == 7);
    REQUIRE(old_row->size() == 3);
    for (std::size_t i = 0; i < 6; ++i) {
      CHECK(known.versions[i] == support_in((*new_row)[i + 1]));
    }
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(known.versions[i + 6] == support_in((*old_row)[i + 1]));
    }
  }
}

TEST_CASE("available_since is the oldest version in the support tables") {
  for (const auto& known : ancillary::all_option_support()) {
    INFO(known.name);
    CHECK_FALSE(known.available_since.empty());
    CHECK_FALSE(known.note.empty());
    CHECK_FALSE(known.value.empty());
    if (known.id == ancillary::option_id::recvif) {
      // The list names a release in the Windows 10 column.
      CHECK(known.available_since == "Windows 10 version 1703");
      continue;
    }
    // A server version equals the client version before it.
    for (const auto version :
         {ancillary::windows_version::xp, ancillary::windows_version::vista,
          ancillary::windows_version::windows_7, ancillary::windows_version::windows_8,
          ancillary::windows_version::windows_10}) {
      if (known.in(version) == version_support::yes) {
        CHECK(known.available_since == to_string(version));
        break;
      }
    }
  }
}

TEST_CASE("row 26, the options beyond the reference list are those added in October 2024") {
  std::vector<std::string_view> names;
  for (const auto& known :
       ancillary::all_option_support().subspan(ancillary::listed_option_count)) {
    names.push_back(known.name);
    CHECK(row_named(rows_of(option_tests::reference_options), known.name) == nullptr);
    CHECK(known.linux_ipv4.empty());
    CHECK(known.linux_ipv6.empty());
  }
  CHECK(names == std::vector<std::string_view>{"IP_IFLIST", "IP_ADD_IFLIST", "IP_DEL_IFLIST",
                                               "IP_GET_IFLIST", "IP_RECVECN"});
}

TEST_CASE("unsupported_message names a version only on Windows") {
  using ancillary::layout_id;
  using ancillary::option_id;
  const auto message = [](option_id id, layout_id system, ip_family family = ip_family::v4,
                          option_use use = option_use::set) {
    return ancillary::unsupported_message(ancillary::support_of(id), family, use, system);
  };
  constexpr auto windows = layout_id::windows_x64;
  constexpr auto on_linux = layout_id::linux_64;
  CHECK(message(option_id::recvif, windows) ==
        "IP_RECVIF: not supported here; requires Windows 10 version 1703 or later");
  CHECK(message(option_id::original_arrival_if, windows, ip_family::v6) ==
        "IP_ORIGINAL_ARRIVAL_IF: not supported here; requires Windows 7 or later");
  CHECK(message(option_id::options, windows, ip_family::v6) ==
        "IP_OPTIONS: Windows has no such option on an IPv6 socket");
  CHECK(message(option_id::recvif, on_linux) == "IP_RECVIF: Linux has no such option");
  CHECK(message(option_id::options, on_linux, ip_family::v6) ==
        "IP_OPTIONS: Linux has no such option on an IPv6 socket");
  CHECK(message(option_id::user_mtu, on_linux) ==
        "IP_USER_MTU: Linux has no such option on an IPv4 socket");
  CHECK(message(option_id::user_mtu, on_linux, ip_family::v6, option_use::get) ==
        "IP_USER_MTU: Linux cannot read it back");
  for (const auto system : {windows, on_linux}) {
    CHECK(message(option_id::hdrincl, system) ==
          "IP_HDRINCL: not supported on this socket; requires a raw socket");
  }
  CHECK(message(option_id::tos, on_linux) == "IP_TOS: not supported on this socket");
}

TEST_CASE("refusal_message names a requirement only if it explains the error") {
  using ancillary::option_id;
  const auto message = [](option_id id, std::error_code error) {
    return ancillary::refusal_message(ancillary::support_of(id), ip_family::v4, option_use::set,
                                      error);
  };
  CHECK(message(option_id::mtu, asio::error::not_connected) ==
        "IP_MTU (requires a connected socket)");
  CHECK(message(option_id::mtu, asio::error::access_denied) == "IP_MTU");
  CHECK(message(option_id::hdrincl, asio::error::invalid_argument) ==
        "IP_HDRINCL (requires a raw socket)");
  CHECK(message(option_id::hdrincl, asio::error::no_protocol_option) ==
        "IP_HDRINCL: not supported on this socket; requires a raw socket");
  CHECK(message(option_id::add_membership, asio::error::address_in_use) ==
        "IP_ADD_MEMBERSHIP (the socket is a member of the group already)");
  // EADDRNOTAVAIL of Linux, WSAEADDRNOTAVAIL.
  const int not_available = ancillary::is_windows(ancillary::layouts::native::id) ? 10049 : 99;
  for (const std::error_code unclear :
       {std::error_code(not_available, asio::error::get_system_category()),
        std::error_code(asio::error::invalid_argument)}) {
    CHECK(message(option_id::add_membership, unclear) ==
          "IP_ADD_MEMBERSHIP (there is no such interface, or the socket is a member of the group "
          "already)");
  }
  CHECK(message(option_id::add_membership, asio::error::no_buffer_space) ==
        (ancillary::is_windows(ancillary::layouts::native::id)
             ? "IP_ADD_MEMBERSHIP"
             : "IP_ADD_MEMBERSHIP (net.ipv4.igmp_max_memberships limits the groups of a socket)"));
  CHECK(message(option_id::add_membership, asio::error::access_denied) == "IP_ADD_MEMBERSHIP");
}

TEST_CASE("option_support names every class correctly") {
  check_class_name<options::join_group>("join_group");
  check_class_name<options::join_source_group>("join_source_group");
  check_class_name<options::block_source>("block_source");
  check_class_name<options::dont_fragment>("dont_fragment");
  check_class_name<options::leave_group>("leave_group");
  check_class_name<options::leave_source_group>("leave_source_group");
  check_class_name<options::header_included>("header_included");
  check_class_name<options::path_mtu>("path_mtu");
  check_class_name<options::path_mtu_discovery>("path_mtu_discovery");
  check_class_name<options::multicast_interface>("multicast_interface");
  check_class_name<options::multicast_loop>("multicast_loop");
  check_class_name<options::multicast_hops>("multicast_hops");
  check_class_name<options::ip_options>("ip_options");
  check_class_name<options::original_arrival_interface>("original_arrival_interface");
  check_class_name<options::receive_packet_info>("receive_packet_info");
  check_class_name<options::receive_broadcast>("receive_broadcast");
  check_class_name<options::receive_interface>("receive_interface");
  check_class_name<options::receive_traffic_class>("receive_traffic_class");
  check_class_name<options::receive_hop_limit>("receive_hop_limit");
  check_class_name<options::type_of_service>("type_of_service");
  check_class_name<options::hop_limit>("hop_limit");
  check_class_name<options::unblock_source>("unblock_source");
  check_class_name<options::unicast_interface>("unicast_interface");
  check_class_name<options::user_mtu>("user_mtu");
  check_class_name<options::redirect_context>("redirect_context");
  check_class_name<options::redirect_records>("redirect_records");
  check_class_name<options::interface_list>("interface_list");
  check_class_name<options::interface_list_add>("interface_list_add");
  check_class_name<options::interface_list_remove>("interface_list_remove");
  check_class_name<options::interface_list_entries>("interface_list_entries");
  check_class_name<options::receive_ecn>("receive_ecn");
}

TEST_CASE("option_support names a counterpart for every option number") {
  for (const auto& known : ancillary::all_option_support()) {
    INFO(known.name);
    const auto has = [&](ancillary::layout_id system, ip_family family) {
      return options::find_option_number(system, known.id, family,
                                         known.sets ? option_use::set : option_use::get)
          .has_value();
    };
    using ancillary::layout_id;
    CHECK(has(layout_id::windows_x64, ip_family::v4));
    CHECK(has(layout_id::windows_x64, ip_family::v6) == !known.windows_ipv6.empty());
    CHECK(has(layout_id::linux_64, ip_family::v4) == !known.linux_ipv4.empty());
    CHECK(has(layout_id::linux_64, ip_family::v6) == !known.linux_ipv6.empty());
  }
}
