// The interfaces of the machine, the registrations for their changes, and the memberships on them.
#include "calls.hpp"

#include <algorithm>
#include <compare>
#include <cstring>
#include <deque>
#include <functional>
#include <list>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace ancillary_test {

namespace real = ancillary::detail::real_calls;

namespace {

using ancillary::network_interface;

// What the structures of a list point to, until the next one.
struct list_storage {
  std::deque<std::wstring> names;
  std::deque<SOCKADDR_STORAGE> addresses;
  std::deque<IP_ADAPTER_UNICAST_ADDRESS> unicast;
};
list_storage storage;

SOCKET_ADDRESS to_sockaddr(const ancillary::ip_address& address) {
  auto& made = storage.addresses.emplace_back();
  if (address.is_v4()) {
    auto& in = reinterpret_cast<sockaddr_in&>(made);
    in.sin_family = AF_INET;
    in.sin_addr = address.to_in_addr<IN_ADDR>();
    return {reinterpret_cast<SOCKADDR*>(&made), sizeof in};
  }
  auto& in6 = reinterpret_cast<sockaddr_in6&>(made);
  in6.sin6_family = AF_INET6;
  in6.sin6_addr = address.to_in_addr<IN6_ADDR>();
  return {reinterpret_cast<SOCKADDR*>(&made), sizeof in6};
}

IP_DAD_STATE to_dad(ancillary::address_state state) {
  switch (state) {
  case ancillary::address_state::tentative:
    return IpDadStateTentative;
  case ancillary::address_state::duplicate:
    return IpDadStateDuplicate;
  default:
    return IpDadStatePreferred;
  }
}

void write(IP_ADAPTER_ADDRESSES& to, const network_interface& from) {
  to = {};
  to.IfIndex = from.has_ipv4 ? from.index : 0;
  to.Ipv6IfIndex = from.has_ipv6 ? from.index : 0;
  to.Mtu = from.mtu_bytes;
  to.IfType = from.is_loopback ? 24 : 6; // IF_TYPE_SOFTWARE_LOOPBACK, IF_TYPE_ETHERNET_CSMACD
  to.OperStatus = from.is_running ? IfOperStatusUp : IfOperStatusDown;
  to.Flags = from.has_multicast ? 0 : 0x10; // IP_ADAPTER_NO_MULTICAST
  to.FriendlyName =
      storage.names.emplace_back(from.name.begin(), from.name.end()).data(); // ASCII here
  PIP_ADAPTER_UNICAST_ADDRESS* next = &to.FirstUnicastAddress;
  for (const auto& each : from.addresses) {
    auto& made = storage.unicast.emplace_back();
    made.Address = to_sockaddr(each.address);
    made.OnLinkPrefixLength = each.prefix_bits;
    made.DadState = to_dad(each.state);
    *next = &made;
    next = &made.Next;
  }
}

ULONG write_all(const std::vector<network_interface>& all, PIP_ADAPTER_ADDRESSES list,
                PULONG bytes) {
  const ULONG needed = static_cast<ULONG>(all.size() * sizeof(IP_ADAPTER_ADDRESSES));
  if (needed > *bytes) {
    *bytes = needed;
    return ERROR_BUFFER_OVERFLOW;
  }
  if (all.empty()) {
    return ERROR_NO_DATA;
  }
  storage = {};
  for (std::size_t i = 0; i != all.size(); ++i) {
    write(list[i], all[i]);
    list[i].Next = i + 1 == all.size() ? nullptr : &list[i + 1];
  }
  return NO_ERROR;
}

// An interface has a row for each family.
struct row {
  std::uint32_t index;
  ADDRESS_FAMILY family;

  friend auto operator<=>(const row&, const row&) = default;
};

std::set<row> rows_of(const stand_in& machine) {
  std::set<row> all;
  for (const network_interface& each :
       machine.interfaces.value_or(std::vector<network_interface>())) {
    if (each.has_ipv4) {
      all.insert({each.index, AF_INET});
    }
    if (each.has_ipv6) {
      all.insert({each.index, AF_INET6});
    }
  }
  return all;
}
std::set<row> reported_rows; // as of the last report, or the registration

struct row_change {
  row of;
  MIB_NOTIFICATION_TYPE type;
};

// A registration's handle points to it.
struct registration {
  std::function<void(const std::vector<row_change>&)> call;
};
std::list<registration> registrations;

DWORD add(std::uint32_t answer, HANDLE* handle,
          std::function<void(const std::vector<row_change>&)> call) {
  if (answer != 0) {
    *handle = nullptr;
    return answer;
  }
  *handle = &registrations.emplace_back(registration{std::move(call)});
  reported_rows = rows_of(*stand_in::current());
  ++stand_in::current()->registrations;
  return NO_ERROR;
}

// The interface of a membership: ip_mreq has 0.0.0.x, ipv6_mreq a number, ip_mreq_source the
// interface last.
struct wanted_membership {
  std::uint32_t index;
  bool is_v6;
  bool joins;
  bool has_source;
};

std::optional<wanted_membership> wanted(int level, int name, std::span<const std::byte> value) {
  const auto last_four = [&](bool network_order) {
    std::uint32_t number = 0;
    std::memcpy(&number, value.data() + value.size() - 4, 4);
    return network_order ? ::ntohl(number) : number;
  };
  const bool is_plain = name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP;
  const bool is_source = name == IP_ADD_SOURCE_MEMBERSHIP || name == IP_DROP_SOURCE_MEMBERSHIP;
  if (level == IPPROTO_IP &&
      ((is_plain && value.size() == 8) || (is_source && value.size() == 12))) {
    return wanted_membership{last_four(true), false,
                             name == IP_ADD_MEMBERSHIP || name == IP_ADD_SOURCE_MEMBERSHIP,
                             is_source};
  }
  if (level == IPPROTO_IPV6 && is_plain && value.size() == 20) {
    return wanted_membership{last_four(false), true, name == IP_ADD_MEMBERSHIP, false};
  }
  return std::nullopt;
}

} // namespace

ULONG WINAPI list_adapters(ULONG family, ULONG flags, PVOID reserved, PIP_ADAPTER_ADDRESSES list,
                           PULONG bytes) {
  stand_in& machine = *stand_in::current();
  const bool is_family = family == AF_UNSPEC || family == AF_INET || family == AF_INET6;
  if (!is_family || bytes == nullptr || reserved != nullptr) {
    return ERROR_INVALID_PARAMETER;
  }
  if (machine.now.interfaces_that_appear != 0) {
    --machine.now.interfaces_that_appear;
    *bytes += sizeof(IP_ADAPTER_ADDRESSES);
    return ERROR_BUFFER_OVERFLOW;
  }
  std::this_thread::sleep_for(machine.now.interface_list_time);
  return machine.interfaces ? write_all(*machine.interfaces, list, bytes)
                            : real::adapters(family, flags, reserved, list, bytes);
}

DWORD WINAPI notify_interfaces(ADDRESS_FAMILY, PIPINTERFACE_CHANGE_CALLBACK call, PVOID context,
                               BOOLEAN, HANDLE* handle) {
  return add(stand_in::current()->now.answer_to_notify_interfaces, handle,
             [=](const std::vector<row_change>& changes) {
               for (const row_change& each : changes) {
                 MIB_IPINTERFACE_ROW row{};
                 row.InterfaceIndex = each.of.index;
                 row.Family = each.of.family;
                 call(context, &row, each.type);
               }
             });
}

DWORD WINAPI notify_addresses(ADDRESS_FAMILY, PUNICAST_IPADDRESS_CHANGE_CALLBACK call,
                              PVOID context, BOOLEAN, HANDLE* handle) {
  return add(stand_in::current()->now.answer_to_notify_addresses, handle, [=](const auto&) {
    MIB_UNICASTIPADDRESS_ROW row{};
    call(context, &row, MibParameterNotification);
  });
}

DWORD WINAPI cancel_notify(HANDLE handle) {
  const auto count = registrations.size();
  registrations.remove_if([&](const registration& each) { return &each == handle; });
  if (count == registrations.size()) {
    return ERROR_INVALID_PARAMETER;
  }
  --stand_in::current()->registrations;
  return NO_ERROR;
}

void forget_registrations() { registrations.clear(); }

void stand_in::report_change(std::uint32_t removed, std::optional<ancillary::ip_family> family) {
  const std::set<row> current_rows = rows_of(*this);
  const auto is_another = [&](const row& each) {
    return each.index == removed &&
           (!family || each.family == (*family == ancillary::ip_family::v6 ? AF_INET6 : AF_INET));
  };
  std::vector<row_change> changes;
  for (const row& each : reported_rows) {
    if (is_another(each) || !current_rows.contains(each)) {
      changes.push_back({each, MibDeleteInstance});
      end_memberships(each.index, each.family == AF_INET6);
    }
  }
  for (const row& each : current_rows) {
    if (now.reports_added_rows && (is_another(each) || !reported_rows.contains(each))) {
      changes.push_back({each, MibAddInstance});
    }
  }
  if (changes.empty()) {
    changes.push_back({{}, MibParameterNotification});
  }
  reported_rows = current_rows;
  std::thread([&] {
    for (const registration& each : ancillary_test::registrations) {
      each.call(changes);
    }
  }).join();
}

void stand_in::end_memberships(std::uint32_t index, bool of_ipv6) {
  constexpr std::size_t ipv6_mreq_bytes = 20;
  if (now.keeps_memberships_of_gone_interfaces) {
    return;
  }
  for (auto& [number, socket] : sockets_) {
    std::erase_if(socket.memberships, [&](const auto& each) {
      return each.second == index && (each.first.size() == ipv6_mreq_bytes) == of_ipv6;
    });
  }
}

std::optional<int> set_scripted_membership(SOCKET socket, int level, int name,
                                           std::span<const std::byte> value) {
  stand_in& machine = *stand_in::current();
  const auto what = wanted(level, name, value);
  if (!machine.interfaces || !what) {
    return std::nullopt;
  }
  const auto on = std::ranges::find_if(*machine.interfaces, [&](const network_interface& each) {
    return each.index == what->index && (what->is_v6 ? each.has_ipv6 : each.has_ipv4);
  });
  auto& memberships = machine.of(socket).memberships;
  const std::pair key(std::string(reinterpret_cast<const char*>(value.data()), value.size()),
                      what->index);
  if (!what->joins) {
    return memberships.erase(key) != 0 ? 0 : fail(winsock::address_not_available);
  }
  if (on == machine.interfaces->end()) {
    return fail(winsock::address_not_available);
  }
  if (memberships.contains(key)) {
    const std::uint32_t answer = machine.now.answer_to_second_join;
    return answer == 0 ? 0 : fail(answer);
  }
  if (memberships.size() >= machine.now.most_memberships) {
    return fail(winsock::no_buffer_space);
  }
  memberships.insert(key);
  return 0;
}

} // namespace ancillary_test
