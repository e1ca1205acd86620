#include "support/catch.hpp"
#include <ancillary/recvmsg/endpoint.hpp>
#include <ancillary/recvmsg/error_detail.hpp>
#include <ancillary/recvmsg/path_mtu_cache.hpp>

using ancillary::error_origin;
using ancillary::ip_address;
using ancillary::path_mtu_cache;

namespace {

ip_address address(const char* text) { return *ip_address::from_string(text); }

bool note(path_mtu_cache& in, const char* remote, std::uint32_t mtu) {
  const asio::ip::udp::endpoint to(asio::ip::make_address(remote), 443);
  const bool is_v4 = ancillary::from_asio(to.address()).unmapped().is_v4();
  ancillary::error_detail detail{to};
  detail.cause.origin = is_v4 ? error_origin::icmp : error_origin::icmpv6;
  detail.cause.type = is_v4 ? 3 : 2;
  detail.cause.code = is_v4 ? 4 : 0;
  detail.cause.info = mtu;
  ancillary::receive_error error{ancillary::receive_condition::message_too_long};
  error.detail = &detail;
  return in.note(error);
}

} // namespace

TEST_CASE("path MTU cache: keeps the smallest value that was reported", "[errors]") {
  path_mtu_cache cache;
  CHECK_FALSE(cache.path_mtu_of(address("192.0.2.1")));
  CHECK(note(cache, "192.0.2.1", 1400));
  CHECK(cache.path_mtu_of(address("192.0.2.1")) == 1400U);
  CHECK_FALSE(note(cache, "192.0.2.1", 1450));
  CHECK(cache.path_mtu_of(address("192.0.2.1")) == 1400U);
  CHECK(note(cache, "192.0.2.1", 1280));
  CHECK(cache.path_mtu_of(address("192.0.2.1")) == 1280U);
  CHECK(cache.size() == 1);
}

TEST_CASE("path MTU cache: a mapped address is its IPv4 address", "[errors]") {
  path_mtu_cache cache;
  CHECK(note(cache, "::ffff:192.0.2.1", 1000));
  CHECK(cache.path_mtu_of(address("192.0.2.1")) == 1000U);
  CHECK(cache.path_mtu_of(address("::ffff:192.0.2.1")) == 1000U);
}

TEST_CASE("path MTU cache: values below the minimum of their family have no effect", "[errors]") {
  path_mtu_cache cache;
  CHECK_FALSE(note(cache, "192.0.2.1", 67));
  CHECK(note(cache, "192.0.2.1", 68));
  CHECK_FALSE(note(cache, "2001:db8::1", 1279));
  CHECK(note(cache, "2001:db8::1", 1280));
}

TEST_CASE("path MTU cache: an MTU that no packet has is no MTU", "[errors]") {
  path_mtu_cache cache;
  CHECK_FALSE(note(cache, "2001:db8::1", 0xffffffff));
  CHECK_FALSE(note(cache, "192.0.2.1", 65536));
  CHECK(note(cache, "192.0.2.1", 65535));
}

TEST_CASE("path MTU cache: the oldest report makes room", "[errors]") {
  path_mtu_cache cache(2);
  note(cache, "192.0.2.1", 1400);
  note(cache, "192.0.2.2", 1400);
  note(cache, "192.0.2.1", 1400); // reported again: now the newest
  note(cache, "192.0.2.3", 1400);
  CHECK(cache.size() == 2);
  CHECK(cache.path_mtu_of(address("192.0.2.1")));
  CHECK_FALSE(cache.path_mtu_of(address("192.0.2.2")));
  cache.forget(address("192.0.2.1"));
  cache.forget(address("192.0.2.9"));
  CHECK_FALSE(cache.path_mtu_of(address("192.0.2.1")));
  CHECK(cache.size() == 1);
}

TEST_CASE("path MTU cache: other errors have no effect", "[errors]") {
  path_mtu_cache cache;
  CHECK_FALSE(cache.note({ancillary::receive_condition::message_too_long}));
  ancillary::error_detail detail{{asio::ip::make_address("192.0.2.1"), 443}};
  detail.cause.origin = error_origin::icmp;
  detail.cause.type = 3;
  detail.cause.code = 3;
  detail.cause.info = 1400;
  ancillary::receive_error error{ancillary::receive_condition::port_unreachable};
  error.detail = &detail;
  CHECK_FALSE(cache.note(error));
  CHECK(cache.size() == 0);
}
