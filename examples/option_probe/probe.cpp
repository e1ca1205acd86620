#include "probe.hpp"

#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/interface.hpp>
#include <ancillary/recvmsg/socket_options.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/icmp.hpp>
#include <asio/ip/udp.hpp>
#include <optional>
#include <tuple>
#include <utility>

namespace option_probe {
namespace {

namespace options = ancillary::options;
using ancillary::ip_family;
using ancillary::option_use;
using asio::ip::icmp;
using asio::ip::udp;

// Values as text, never empty.
std::string text(bool value) { return value ? "on" : "off"; }
std::string text(int value) { return std::to_string(value); }
std::string text(std::uint32_t value) { return std::to_string(value) + " bytes"; }
std::string text(std::optional<std::uint32_t> value) {
  return value ? text(*value) : "unspecified";
}

std::string text(options::path_mtu_state value) {
  switch (value) {
  case options::path_mtu_state::not_set:
    return "not set";
  case options::path_mtu_state::always:
    return "always";
  case options::path_mtu_state::never:
    return "never";
  case options::path_mtu_state::probe:
    return "probe";
  case options::path_mtu_state::interface_mtu:
    return "interface_mtu";
  case options::path_mtu_state::omit:
    return "omit";
  }
  return "unknown";
}

std::string text(const options::interface_selector& value) {
  if (value.is_address()) {
    return value.address().to_string();
  }
  if (!value.is_index()) {
    return "the system's choice";
  }
  const std::string name = ancillary::interface_name(value.index());
  return "interface " + std::to_string(value.index()) + (name.empty() ? "" : " (" + name + ")");
}

std::string text(std::span<const std::byte> value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const std::byte octet : value) {
    hex += digits[std::to_integer<std::size_t>(octet >> 4)];
    hex += digits[std::to_integer<std::size_t>(octet & std::byte{15})];
  }
  return hex.empty() ? "none" : hex;
}

std::string text(std::span<const std::uint32_t> indices) {
  std::string list;
  for (const auto index : indices) {
    list += (list.empty() ? "" : ", ") + text(options::interface_selector(index));
  }
  return list.empty() ? "no interface" : list;
}

class prober {
public:
  explicit prober(ip_family family) : family_(family) {}

  template <class Option>
  row probe() {
    row result{&ancillary::support_of(Option::id), outcome::untested, {}, {}};
    if constexpr (Option::id == ancillary::option_id::hdrincl) {
      icmp::socket socket(context_);
      socket.open(family_ == ip_family::v4 ? icmp::v4() : icmp::v6(), result.error);
      if (result.error) {
        result.value = "no raw socket: " + ancillary::describe(result.error);
        return result;
      }
      attempt<Option>(socket, result);
    } else {
      udp::socket socket(context_, family_ == ip_family::v4 ? udp::v4() : udp::v6());
      if constexpr (Option::id == ancillary::option_id::mtu) {
        socket.connect(udp::endpoint(loopback(), 9), result.error); // discard, nothing is sent
      }
      attempt<Option>(socket, result);
    }
    return result;
  }

private:
  template <class Option, class Socket>
  void attempt(Socket& socket, row& result) {
    if constexpr (Option::id == ancillary::option_id::get_iflist) { // fails while the list is off
      ancillary::set_option(socket, options::interface_list(true), result.error);
    }
    result.error.clear();
    if constexpr (ancillary::gettable_option<Option, typename Socket::protocol_type>) {
      Option option;
      ancillary::get_option(socket, option, result.error);
      result.value = text(option.value());
      if (!exists(Option::id, option_use::get) && exists(Option::id, option_use::set)) {
        if constexpr (ancillary::settable_option<Option, typename Socket::protocol_type>) {
          ancillary::set_option(socket, Option(), result.error);
          result.value = "accepted";
        }
      }
    } else {
      set(Option::id, socket, result.error);
      result.value = "accepted";
    }
    if (!exists(Option::id, option_use::get) && !exists(Option::id, option_use::set)) {
      result.result = outcome::absent;
      result.value = "not supported here";
      return;
    }
    result.result = result.error ? outcome::refused : outcome::supported;
    if (result.error) {
      result.value = ancillary::describe(result.error);
    }
  }

  bool exists(ancillary::option_id id, option_use use) const {
    return options::find_option_number(ancillary::layouts::native::id, id, family_, use)
        .has_value();
  }

  // Tries the set-only options on an unused group, after the joins that they require.
  void set(ancillary::option_id id, udp::socket& socket, std::error_code& ec) {
    const bool v4 = family_ == ip_family::v4;
    const auto group = asio::ip::make_address(v4 ? "239.255.77.77" : "ff12::7777");
    const auto source = asio::ip::make_address(v4 ? "192.0.2.1" : "2001:db8::1");
    // IPv6 may have no default interface for groups, depending on the routes; interface 1 always
    // exists.
    const options::interface_selector on =
        v4 ? options::interface_selector() : options::interface_selector(first_interface());
    switch (id) {
    case ancillary::option_id::add_membership:
      return ancillary::set_option(socket, options::join_group(group, on), ec);
    case ancillary::option_id::drop_membership:
      ancillary::set_option(socket, options::join_group(group, on), ec);
      return ancillary::set_option(socket, options::leave_group(group, on), ec);
    case ancillary::option_id::add_source_membership:
      return ancillary::set_option(socket, options::join_source_group(group, source, on), ec);
    case ancillary::option_id::drop_source_membership:
      ancillary::set_option(socket, options::join_source_group(group, source, on), ec);
      return ancillary::set_option(socket, options::leave_source_group(group, source, on), ec);
    case ancillary::option_id::block_source:
      ancillary::set_option(socket, options::join_group(group, on), ec);
      return ancillary::set_option(socket, options::block_source(group, source, on), ec);
    case ancillary::option_id::unblock_source:
      ancillary::set_option(socket, options::join_group(group, on), ec);
      ancillary::set_option(socket, options::block_source(group, source, on), ec);
      return ancillary::set_option(socket, options::unblock_source(group, source, on), ec);
    case ancillary::option_id::add_iflist:
      return ancillary::set_option(socket, options::interface_list_add(first_interface()), ec);
    case ancillary::option_id::del_iflist:
      ancillary::set_option(socket, options::interface_list_add(first_interface()), ec);
      return ancillary::set_option(socket, options::interface_list_remove(first_interface()), ec);
    default:
      ec = asio::error::invalid_argument;
    }
  }

  static std::uint32_t first_interface() {
    constexpr std::uint32_t enough = 1000;
    for (std::uint32_t index = 1; index < enough; ++index) {
      if (!ancillary::interface_name(index).empty()) {
        return index;
      }
    }
    return 1;
  }

  asio::ip::address loopback() const {
    return family_ == ip_family::v4 ? asio::ip::address(asio::ip::address_v4::loopback())
                                    : asio::ip::address(asio::ip::address_v6::loopback());
  }

  asio::io_context context_;
  ip_family family_;
};

} // namespace

std::string_view to_string(outcome value) {
  switch (value) {
  case outcome::supported:
    return "supported";
  case outcome::refused:
    return "refused";
  case outcome::absent:
    return "absent";
  case outcome::untested:
    return "untested";
  }
  return "unknown";
}

std::vector<row> probe_all(ip_family family) {
  prober tool(family);
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return std::vector<row>{
        tool.template probe<std::tuple_element_t<I, options::all_options>>()...};
  }
  (std::make_index_sequence<std::tuple_size_v<options::all_options>>());
}

} // namespace option_probe
