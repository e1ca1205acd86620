// Joining a group that the socket has joined before (docs/windows.md, row 27).
#include "../machine.hpp"
#include "platform/windows/system_calls.hpp"
#include <ancillary/recvmsg/multicast.hpp>

#include <asio/ip/multicast.hpp>

using namespace ancillary_test;
using asio::ip::make_address_v4;
using asio::ip::udp;

namespace {

// A socket whose options the stand-in sets: those of an Asio socket reach the real stack.
class optioned_socket {
public:
  using protocol_type = udp;
  explicit optioned_socket(udp::socket& socket) : socket_(socket) {}

  template <class Option>
  void set_option(const Option& option, std::error_code& error) {
    const udp protocol = udp::v4();
    const int result = ancillary::detail::system.setsockopt(
        native_handle(), option.level(protocol), option.name(protocol),
        static_cast<const char*>(option.data(protocol)), static_cast<int>(option.size(protocol)));
    error = {result == 0 ? 0 : ::WSAGetLastError(), asio::error::get_system_category()};
  }
  template <class Option>
  void get_option(Option& option, std::error_code& error) const {
    socket_.get_option(option, error);
  }
  [[nodiscard]] SOCKET native_handle() { return socket_.native_handle(); }

private:
  udp::socket& socket_;
};

} // namespace

TEST_CASE("stand-in: row 27, joining a group twice, either way: the caller gets the answer, and "
          "each datagram arrives once") {
  const auto group = make_address_v4("239.77.9.27");
  const auto loopback = asio::ip::address_v4::loopback();
  const ancillary::options::interface_selector on(loopback);
  const std::uint32_t answer = GENERATE(0u, winsock::address_in_use, winsock::address_not_available,
                                        winsock::invalid_argument);
  machine m(windows_profile::windows_11);
  m.windows.now.answer_to_second_join = answer;
  m.open("0.0.0.0", {.metadata = ancillary::require({field::destination})});
  optioned_socket socket(m.receiver().socket());
  std::error_code error;
  ancillary::join_group(socket, group, on, error);
  if (error) {
    SKIP_BECAUSE("cannot join a group on the loopback: " + ancillary::describe(error));
  }
  ancillary::join_group(socket, group, on, error);
  CHECK(static_cast<std::uint32_t>(error.value()) == answer);
  if (answer != 0) {
    CHECK_THROWS_WITH(ancillary::join_group(socket, group, on),
                      Catch::Matchers::ContainsSubstring("IP_ADD_MEMBERSHIP (") &&
                          Catch::Matchers::ContainsSubstring("a member of the group already") &&
                          Catch::Matchers::ContainsSubstring(std::to_string(answer)));
  }
  m.start();
  m.sender().set_option(asio::ip::multicast::outbound_interface(loopback));
  m.send("first", "239.77.9.27");
  m.send("second", "239.77.9.27");
  m.send("last");
  REQUIRE(m.run_until([&] { return !m.seen.empty() && m.seen.back().text == "last"; }));
  REQUIRE(m.seen.size() == 3);
  CHECK(m.seen[0].text == "first");
  CHECK(m.seen[1].text == "second");
  CHECK(m.seen[0].metadata.destination == ancillary::ip_address::v4({239, 77, 9, 27}));
}
