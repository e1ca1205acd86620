// The bytes of option values on Windows and on Linux, on every host.
#include "hand_over.hpp"
#include "support/catch.hpp"

#include <cstdint>
#include <type_traits>

using namespace option_tests;

TEST_CASE("interface_selector: none, index, address and name") {
  const auto bytes = [](layout_id system, const interface_selector& on) {
    return hex(encode_interface(system, option_id::multicast_if, v4, on).view());
  };
  CHECK(bytes(x64, {}) == "00000000");
  CHECK(bytes(x64, 0x010203) == "00010203");
  CHECK(bytes(x64, make_address_v4("10.0.0.1")) == "0a000001");
  CHECK(bytes(x64, make_address_v4("0.0.0.5")) == "00000005");
  CHECK(bytes(linux64, {}) == zeros(12));
  CHECK(bytes(linux64, make_address_v4("10.0.0.1")) == "00000000"
                                                       "0a000001"
                                                       "00000000");
  // An address in 0.0.0.0/8 is an index here too.
  CHECK(bytes(linux64, make_address_v4("0.0.0.5")) == "00000000"
                                                      "00000000"
                                                      "05000000");
  CHECK(bytes(linux64, 0x01020304) == "00000000"
                                      "00000000"
                                      "04030201");
  CHECK(interface_selector("10.0.0.1") == interface_selector(make_address_v4("10.0.0.1")));
  CHECK(interface_selector(std::string("no such interface")).is_unknown());
  CHECK(interface_selector(-1).is_unknown());
  CHECK(interface_selector(std::uint64_t{1} << 32).is_unknown());
  CHECK(interface_selector((std::int64_t{1} << 40) + 3).is_unknown());
  CHECK(interface_selector(std::uint8_t{3}) == interface_selector(3));
  static_assert(!std::is_constructible_v<interface_selector, char>);
  static_assert(!std::is_constructible_v<interface_selector, char16_t>);
}

TEST_CASE("interface_selector: refused if the system cannot express it") {
  const auto refusal = [](layout_id system, option_id option, ip_family family,
                          const interface_selector& on) {
    const auto encoded = encode_interface(system, option, family, on);
    CHECK(encoded.view().empty() == (encoded.refusal != encode_refusal::none));
    return encoded.refusal;
  };
  const interface_selector address(make_address_v4("10.0.0.1"));
  const interface_selector wide(0x01000000);
  CHECK(refusal(x64, option_id::multicast_if, v4, wide) == encode_refusal::index_above_24_bits);
  CHECK(refusal(x64, option_id::unicast_if, v4, wide) == encode_refusal::index_above_24_bits);
  CHECK(refusal(x64, option_id::unicast_if, v6, wide) == encode_refusal::none);
  CHECK(refusal(linux64, option_id::multicast_if, v4, wide) == encode_refusal::none);
  CHECK(refusal(linux64, option_id::multicast_if, v6, address) == encode_refusal::index_needed);
  CHECK(refusal(x64, option_id::unicast_if, v4, address) == encode_refusal::index_needed);
  CHECK(refusal(x64, option_id::multicast_if, v4, "no such interface") ==
        encode_refusal::no_such_interface);
  CHECK(encode_membership(x64, option_id::add_membership, group, wide).bytes.refusal ==
        encode_refusal::index_above_24_bits);
  CHECK(encode_source_membership(x64, option_id::block_source, group, source, wide).bytes.refusal ==
        encode_refusal::index_above_24_bits);
  CHECK(encode_membership(linux64, option_id::add_membership, group6, address).bytes.refusal ==
        encode_refusal::index_needed);
}

TEST_CASE("membership: the group's scope id selects the interface by default") {
  const auto scoped = make_address("ff12::7%5");
  const auto bytes = [&](const interface_selector& on) {
    return hex(encode_membership(x64, option_id::add_membership, scoped, on).bytes.view());
  };
  CHECK(bytes({}) == "ff120000000000000000000000000007"
                     "05000000");
  CHECK(bytes(3) == "ff120000000000000000000000000007"
                    "03000000");
}

TEST_CASE("source membership on an interface index: 0.0.0.0/8 form on Windows, group_source_req on "
          "Linux") {
  const auto encoded = [](layout_id system) {
    return encode_source_membership(system, option_id::add_source_membership, group, source, 3);
  };
  CHECK(encoded(x64).number == option_number{0, 15});
  CHECK(hex(encoded(x64).bytes.view()) == group_hex + source_hex + "00000003");
  CHECK(encoded(linux64).number == option_number{0, 46});
  CHECK(hex(encoded(linux64).bytes.view()) ==
        "0300000000000000" + storage4(group_hex) + storage4(source_hex));
  CHECK(encoded(linux32).bytes.size == 260);
}

TEST_CASE("path MTU discovery: states are encoded by each system's numbers") {
  const auto bytes = [](layout_id system, path_mtu_state state) {
    return hex(encode_path_mtu_state(system, state).view());
  };
  CHECK(bytes(x64, path_mtu_state::not_set) == "00000000");
  CHECK(bytes(x64, path_mtu_state::always) == "01000000");
  CHECK(bytes(x64, path_mtu_state::never) == "02000000");
  CHECK(bytes(x64, path_mtu_state::probe) == "03000000");
  CHECK(bytes(linux64, path_mtu_state::not_set) == "01000000");
  CHECK(bytes(linux64, path_mtu_state::always) == "02000000");
  CHECK(bytes(linux64, path_mtu_state::never) == "00000000");
  CHECK(bytes(linux64, path_mtu_state::probe) == "03000000");
  CHECK(bytes(linux64, path_mtu_state::interface_mtu) == "04000000");
  CHECK(bytes(linux64, path_mtu_state::omit) == "05000000");
  for (const auto linux_alone : {path_mtu_state::interface_mtu, path_mtu_state::omit}) {
    CHECK(encode_path_mtu_state(x64, linux_alone).refusal == encode_refusal::no_such_value);
  }
}

TEST_CASE("user MTU: unspecified is all ones on Windows and zero on Linux") {
  CHECK(hex(encode_user_mtu(x64, std::nullopt).view()) == "ffffffff");
  CHECK(hex(encode_user_mtu(linux64, std::nullopt).view()) == "00000000");
  CHECK(hex(encode_user_mtu(x64, 1280).view()) == "00050000");
}
