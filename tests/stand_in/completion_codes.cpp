// Every completion port code of a receive, through the loop: in a Windows program it comes from
// Asio's port, in a Linux program from the receive call.
#include "machine.hpp"

using namespace ancillary_test;
using ancillary::receive_condition;

namespace {

struct code_row {
  std::uint32_t code;
  receive_condition condition;
};

// winerror.h, ntstatus.h
const std::vector<code_row> transient{
    {1234, receive_condition::port_unreachable},       // ERROR_PORT_UNREACHABLE
    {1225, receive_condition::port_unreachable},       // ERROR_CONNECTION_REFUSED
    {64, receive_condition::port_unreachable},         // ERROR_NETNAME_DELETED
    {0xC000020D, receive_condition::port_unreachable}, // STATUS_CONNECTION_RESET
    {0xC0000236, receive_condition::port_unreachable}, // STATUS_CONNECTION_REFUSED
    {0xC000023F, receive_condition::port_unreachable}, // STATUS_PORT_UNREACHABLE
    {1231, receive_condition::host_unreachable},       // ERROR_NETWORK_UNREACHABLE
    {1232, receive_condition::host_unreachable},       // ERROR_HOST_UNREACHABLE
    {1233, receive_condition::host_unreachable},       // ERROR_PROTOCOL_UNREACHABLE
    {0xC000023C, receive_condition::host_unreachable}, // STATUS_NETWORK_UNREACHABLE
    {0xC000023D, receive_condition::host_unreachable}, // STATUS_HOST_UNREACHABLE
    {0xC000023E, receive_condition::host_unreachable}, // STATUS_PROTOCOL_UNREACHABLE
    {0xC000A012, receive_condition::hop_limit_exceeded},
    {8, receive_condition::out_of_resources},          // ERROR_NOT_ENOUGH_MEMORY
    {14, receive_condition::out_of_resources},         // ERROR_OUTOFMEMORY
    {1450, receive_condition::out_of_resources},       // ERROR_NO_SYSTEM_RESOURCES
    {1453, receive_condition::out_of_resources},       // ERROR_WORKING_SET_QUOTA
    {0xC0000017, receive_condition::out_of_resources}, // STATUS_NO_MEMORY
    {0xC000009A, receive_condition::out_of_resources}, // STATUS_INSUFFICIENT_RESOURCES
    {995, receive_condition::interrupted},             // ERROR_OPERATION_ABORTED, not by us
    {0xC0000120, receive_condition::interrupted},      // STATUS_CANCELLED
    {87, receive_condition::other},                    // ERROR_INVALID_PARAMETER
    {0xC0000001, receive_condition::other},            // STATUS_UNSUCCESSFUL
};

const std::vector<code_row> fatal{
    {676, receive_condition::socket_closed},        // ERROR_HANDLES_CLOSED
    {6, receive_condition::socket_closed},          // ERROR_INVALID_HANDLE
    {0x8000000A, receive_condition::socket_closed}, // STATUS_HANDLES_CLOSED
    {0xC0000008, receive_condition::socket_closed}, // STATUS_INVALID_HANDLE
};

} // namespace

TEST_CASE("stand-in: each completion port code maps to one condition, and receiving continues") {
  machine m(windows_profile::windows_11);
  m.listen("127.0.0.1", {});
  std::size_t expected = 0;
  for (const code_row& row : transient) {
    CAPTURE(row.code);
    const auto before = m.receiver().counters().errors_of(row.condition);
    m.run_for(std::chrono::milliseconds(1)); // a receive is pending
    m.windows.fail(m.handle(), {row.code, row.code});
    m.send("after");
    REQUIRE(m.receives(++expected));
    CHECK(m.receiver().counters().errors_of(row.condition) == before + 1);
    if (row.condition != receive_condition::interrupted) {
      REQUIRE_FALSE(m.errors.empty());
      CHECK(m.errors.back().condition == row.condition);
      CHECK(static_cast<std::uint32_t>(m.errors.back().code.value()) == row.code);
      CHECK_FALSE(m.errors.back().fatal);
    }
  }
}

TEST_CASE("stand-in: every code for a closed socket ends receiving") {
  const auto row = GENERATE(from_range(fatal));
  machine m(windows_profile::windows_11);
  m.listen("127.0.0.1", {});
  m.run_for(std::chrono::milliseconds(1));
  m.windows.fail(m.handle(), {row.code, row.code});
  REQUIRE(m.run_until([&] { return !m.errors.empty(); }));
  CHECK(m.errors[0].condition == row.condition);
  CHECK(m.errors[0].fatal);
}

TEST_CASE("stand-in: every completion code for truncation delivers a datagram") {
  // ERROR_MORE_DATA, STATUS_BUFFER_OVERFLOW, WSAEMSGSIZE
  const std::uint32_t code = GENERATE(234u, 0x80000005u, 10040u);
  machine m(windows_profile::windows_11);
  m.windows.now.truncation_completion = code;
  m.listen("127.0.0.1", {.payload_capacity = 4});
  m.run_for(std::chrono::milliseconds(1));
  m.send("longer");
  REQUIRE(m.receives(1));
  CHECK(m.seen[0].text == "long");
  CHECK(m.seen[0].payload_truncated);
  CHECK(m.errors.empty());
}
