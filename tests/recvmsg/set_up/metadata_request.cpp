#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/decoders/layout.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/receiver.hpp>

#include <asio/error.hpp>
#include <string>

using namespace ancillary_test;
using ancillary::field;
using ancillary::field_set;
using ancillary::metadata_request;
using Catch::Matchers::ContainsSubstring;

namespace {

// No system that runs these tests has both of these.
constexpr field missing_here = ancillary::is_windows(ancillary::layouts::native::id)
                                   ? field::original_destination
                                   : field::original_arrival_interface;
const std::string option_missing_here = ancillary::is_windows(ancillary::layouts::native::id)
                                            ? "IP_RECVORIGDSTADDR"
                                            : "IP_ORIGINAL_ARRIVAL_IF";

struct open_socket {
  asio::io_context io;
  asio::ip::udp::socket socket{io, loopback_any_port()};
};

} // namespace

TEST_CASE("a field that was not requested is not in the report", "[metadata_request]") {
  open_socket s;
  const auto report = request_metadata(s.socket, metadata_request{});
  CHECK(report.grants().empty());
  CHECK(report.granted().empty());
  CHECK(report.refused().empty());
  CHECK(report.find(field::hop_limit) == nullptr);
}

TEST_CASE("a wanted field missing on this system is refused with a reason and is not an error",
          "[metadata_request]") {
  open_socket s;
  std::error_code error;
  const auto report =
      request_metadata(s.socket, ancillary::want({field::hop_limit, missing_here}), error);
  CHECK_FALSE(error);
  CHECK(report.granted() == field_set{field::hop_limit});
  CHECK(report.refused() == field_set{missing_here});
  CHECK(report.first_missing() == nullptr);
  const auto* const refused = report.find(missing_here);
  REQUIRE(refused != nullptr);
  CHECK(refused->error == asio::error::operation_not_supported);
  CHECK(refused->option == option_missing_here);
  CHECK_THAT(to_string(*refused), ContainsSubstring("refused (" + option_missing_here));
}

TEST_CASE("a required field missing on this system fails and names the field and its option",
          "[metadata_request]") {
  open_socket s;
  std::error_code error;
  const auto request = metadata_request{}.require({missing_here}).want({field::hop_limit});
  const auto report = request_metadata(s.socket, request, error);
  CHECK(error == asio::error::operation_not_supported);
  REQUIRE(report.first_missing() != nullptr);
  CHECK(report.first_missing()->what == missing_here);
  CHECK(report.granted() == field_set{field::hop_limit});
  CHECK_THROWS_WITH(request_metadata(s.socket, request), ContainsSubstring(option_missing_here));
}

TEST_CASE("a receiver's construction fails without a required field", "[metadata_request]") {
  open_socket s;
  const auto ignore = [](const ancillary::packet&) {};
  const ancillary::receive_options options{.metadata = ancillary::require({missing_here})};
  CHECK_THROWS_WITH(ancillary::receiver(s.io, loopback_any_port(), ignore, options),
                    ContainsSubstring(option_missing_here));
  std::error_code error;
  ancillary::receiver receiver(s.io, loopback_any_port(), ignore, options, error);
  CHECK(error == asio::error::operation_not_supported);
  REQUIRE(receiver.metadata().first_missing() != nullptr);
  CHECK(receiver.metadata().first_missing()->what == missing_here);
}

TEST_CASE("ECN uses the traffic class if that was granted", "[metadata_request]") {
  open_socket s;
  const auto report =
      request_metadata(s.socket, ancillary::want({field::ecn, field::traffic_class}));
  REQUIRE(report.find(field::ecn) != nullptr);
  CHECK(report.find(field::ecn)->granted);
  CHECK(report.find(field::ecn)->option == report.find(field::traffic_class)->option);
}

TEST_CASE("ECN alone is granted, through the traffic class if the system has no ECN option",
          "[metadata_request]") {
  open_socket s;
  const auto report = request_metadata(s.socket, ancillary::require({field::ecn}));
  CHECK(report.granted() == field_set{field::ecn});
}

TEST_CASE("request_metadata refuses a closed socket", "[metadata_request]") {
  asio::io_context io;
  asio::ip::udp::socket closed(io);
  std::error_code error;
  const auto report = request_metadata(closed, ancillary::require({field::hop_limit}), error);
  CHECK(error);
  CHECK(report.granted().empty());
}
