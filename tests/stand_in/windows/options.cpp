// The bytes of the option classes, and the answers of Windows. In set_option() Asio calls the
// system itself; these tests use the library's table of system calls, which the stand-in replaces.
#include "../machine.hpp"
#include "platform/windows/system_calls.hpp"
#include <ancillary/recvmsg/socket_options.hpp>

using namespace ancillary_test;
using asio::ip::udp;
namespace options = ancillary::options;

namespace {

// An unbound socket on a Windows 11 machine.
class option_bench {
public:
  explicit option_bench(const udp& protocol) : protocol_(protocol), socket_(io_, protocol) {}

  template <class Option>
  [[nodiscard]] std::uint32_t setting(const Option& option) {
    const auto* const data = static_cast<const char*>(option.data(protocol_));
    return set(option.level(protocol_), option.name(protocol_), data,
               static_cast<int>(option.size(protocol_)));
  }
  template <class Option>
  [[nodiscard]] std::uint32_t getting(Option& option) {
    auto* const data = static_cast<char*>(option.data(protocol_));
    int bytes = static_cast<int>(option.size(protocol_));
    const auto error = get(option.level(protocol_), option.name(protocol_), data, &bytes);
    if (error == 0) {
      option.resize(protocol_, static_cast<std::size_t>(bytes));
    }
    return error;
  }
  // Sets a value and reads it back.
  template <class Option>
  [[nodiscard]] bool keeps(const Option& option) {
    Option read;
    return setting(option) == 0 && getting(read) == 0 && read.value() == option.value();
  }

  [[nodiscard]] std::uint32_t set(int level, int name, const char* value, int bytes) {
    return error_of(ancillary::detail::system.setsockopt(native(), level, name, value, bytes));
  }
  [[nodiscard]] std::uint32_t get(int level, int name, char* value, int* bytes) {
    return error_of(ancillary::detail::system.getsockopt(native(), level, name, value, bytes));
  }
  [[nodiscard]] SOCKET native() { return socket_.native_handle(); }

  stand_in windows{windows_profile::windows_11};

private:
  static std::uint32_t error_of(int result) {
    return result == 0 ? 0 : static_cast<std::uint32_t>(::WSAGetLastError());
  }

  asio::io_context io_;
  udp protocol_;
  udp::socket socket_;
};

} // namespace

TEST_CASE("stand-in: row 6, IP_TOS as a socket option is accepted without effect") {
  option_bench v4(udp::v4());
  CHECK(v4.keeps(options::type_of_service(0xb8)));
  // It was not passed on to the real socket.
  DWORD sent = 1;
  int bytes = sizeof sent;
  REQUIRE(ancillary::detail::real_calls::getsockopt(v4.native(), IPPROTO_IP, IP_TOS,
                                                    reinterpret_cast<char*>(&sent), &bytes) == 0);
  CHECK(sent == 0);
}

TEST_CASE(
    "stand-in: row 6, a reply sends its traffic class as a control message and sets no option") {
  machine m(windows_profile::windows_11);
  m.answer = [](const packet& request) {
    request.reply(request.payload(), {.traffic_class = ancillary::traffic_class{0xb8}});
  };
  m.listen("127.0.0.1", {});
  m.send("x");
  REQUIRE(m.run_until([&] { return m.windows.departures.size() == 1; }));
  CHECK(m.windows.departures[0].asked.traffic_class == ancillary::traffic_class{0xb8});
  CHECK(m.socket().options().empty());
}

TEST_CASE("stand-in: row 10, path MTU discovery cannot return to its initial state") {
  option_bench v4(udp::v4());
  CHECK(v4.setting(options::path_mtu_discovery(options::path_mtu_state::not_set)) ==
        winsock::invalid_argument);
}

TEST_CASE(
    "stand-in: row 19, an option of a raw, a connected or another family's socket is refused") {
  option_bench v4(udp::v4());
  CHECK(v4.setting(options::header_included(true)) == winsock::invalid_argument);
  options::path_mtu mtu;
  CHECK(v4.getting(mtu) == winsock::not_connected);
  option_bench v6(udp::v6());
  const DWORD tos = 8;
  CHECK(v6.set(IPPROTO_IP, IP_TOS, reinterpret_cast<const char*>(&tos), sizeof tos) ==
        winsock::invalid_argument);
  CHECK(v6.setting(options::type_of_service(8)) == 0); // IPV6_TCLASS
}

TEST_CASE("stand-in: row 19, an unknown option or level is refused") {
  option_bench v4(udp::v4());
  const DWORD on = 1;
  DWORD read = 0;
  int bytes = sizeof read;
  auto* const value = reinterpret_cast<const char*>(&on);
  auto* const room = reinterpret_cast<char*>(&read);
  CHECK(v4.set(IPPROTO_IP, 200, value, sizeof on) == winsock::no_protocol_option);
  CHECK(v4.get(IPPROTO_IP, 200, room, &bytes) == winsock::no_protocol_option);
  CHECK(v4.set(1234, 1, value, sizeof on) == winsock::invalid_argument);
  CHECK(v4.get(1234, 1, room, &bytes) == winsock::invalid_argument);
}

TEST_CASE("stand-in: row 20, the option classes pass flags as four bytes, and fewer are refused") {
  option_bench v4(udp::v4());
  CHECK(v4.keeps(options::receive_packet_info(true)));
  CHECK(v4.keeps(options::receive_hop_limit(true)));
  CHECK(v4.keeps(options::receive_traffic_class(true)));
  const char one = 1;
  for (const int name : {IP_PKTINFO, IP_RECVTTL, 40 /* IP_RECVTOS */}) {
    CHECK(v4.set(IPPROTO_IP, name, &one, sizeof one) == winsock::fault);
  }
}

TEST_CASE("stand-in: row 21, options are set and read on an unbound socket") {
  option_bench v4(udp::v4());
  CHECK(v4.keeps(options::receive_interface(true)));
  CHECK(v4.keeps(options::original_arrival_interface(true)));
  CHECK(v4.keeps(options::receive_broadcast(true)));
  CHECK(v4.keeps(options::user_mtu(1400)));
  CHECK(v4.setting(options::redirect_context()) == 0);
  CHECK(v4.setting(options::redirect_records()) == 0);
}

TEST_CASE("stand-in: row 23, IP_UNICAST_IF is read in host byte order, and the index is correct") {
  option_bench v4(udp::v4());
  CHECK(v4.keeps(options::unicast_interface(3)));
  CHECK(v4.keeps(options::unicast_interface(0x012345)));
  CHECK(v4.keeps(options::unicast_interface()));
}

TEST_CASE("stand-in: row 26, the options listed since October 2024 are set on Windows 11, and an "
          "older one refuses them with the version that has them") {
  const bool has_them = GENERATE(true, false);
  option_bench bench(GENERATE(udp::v4(), udp::v6()));
  bench.windows.now.profile =
      has_them ? windows_profile::windows_11 : windows_profile::windows_10_1607;
  CHECK(bench.keeps(options::interface_list(true)) == has_them);
  CHECK(bench.keeps(options::receive_ecn(true)) == has_them);
  const std::uint32_t answer = has_them ? 0 : winsock::no_protocol_option;
  CHECK(bench.setting(options::interface_list_add(1)) == answer);
  CHECK(bench.setting(options::interface_list_remove(1)) == answer);
  if (!has_them) {
    options::interface_list_entries entries;
    CHECK(bench.getting(entries) == answer);
    using ancillary::option_id;
    for (const option_id id : {option_id::iflist, option_id::add_iflist, option_id::del_iflist,
                               option_id::get_iflist, option_id::recvecn}) {
      const auto& known = ancillary::support_of(id);
      CHECK_THAT(ancillary::refusal_message(
                     known, ancillary::ip_family::v4,
                     known.sets ? ancillary::option_use::set : ancillary::option_use::get,
                     {static_cast<int>(answer), asio::error::get_system_category()}),
                 Catch::Matchers::ContainsSubstring(std::string(known.available_since)));
    }
  }
}
