// The mapping of Windows error codes, tested on every host because it is only numbers.

#include "platform/windows_errors.hpp"

#include "support/catch.hpp"

#include <cstdint>
#include <vector>

using ancillary::receive_condition;
using ancillary::detail::is_truncation;
using ancillary::detail::windows_condition;

TEST_CASE("WSA, completion port and NTSTATUS codes map to the same conditions",
          "[windows_errors]") {
  const struct {
    receive_condition condition;
    std::vector<std::uint32_t> codes;
  } rows[] = {
      {receive_condition::none, {0}},
      {receive_condition::port_unreachable,
       {10054, 10061, 64, 1225, 1234, 0xC000020D, 0xC0000236, 0xC000023F}},
      {receive_condition::host_unreachable,
       {10051, 10064, 10065, 1231, 1232, 1233, 0xC000023C, 0xC000023D, 0xC000023E}},
      {receive_condition::hop_limit_exceeded, {10052, 0xC000A012}},
      {receive_condition::network_down, {10050}},
      {receive_condition::out_of_resources, {10055, 8, 14, 1450, 1453, 0xC0000017, 0xC000009A}},
      {receive_condition::interrupted, {10004, 995, 0xC0000120}},
      {receive_condition::socket_closed, {6, 676, 10009, 10038, 0x8000000A, 0xC0000008}},
      {receive_condition::other, {10022, 10013, 87, 0xC0000001}},
  };
  for (const auto& row : rows) {
    for (const std::uint32_t code : row.codes) {
      CAPTURE(code);
      CHECK(windows_condition(code) == row.condition);
    }
  }
}

TEST_CASE("a code for a truncated datagram is not an error", "[windows_errors]") {
  CHECK(is_truncation(234));
  CHECK(is_truncation(10040));
  CHECK(is_truncation(0x80000005));
  CHECK_FALSE(is_truncation(0));
  CHECK_FALSE(is_truncation(10054));
}
