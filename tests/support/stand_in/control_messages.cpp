#include "control_messages.hpp"

#include <ancillary/decoders/control_builder.hpp>
#include <ancillary/recvmsg/endpoint.hpp>

#include <chrono>

namespace ancillary_test {

namespace {

using ancillary::ip_family;
namespace layouts = ancillary::layouts;

constexpr int ipv4_level = 0;
constexpr int ipv6_level = 41;
constexpr int packet_info = 19;
constexpr int receive_hop_limit = 21;
constexpr int receive_interface = 24;
constexpr int receive_traffic_class = 40;
constexpr int original_arrival_interface = 47;
constexpr int receive_ecn = 50;

template <class Layout>
class writer {
  using is = typename Layout::messages;

public:
  writer(const conditions& now, const switched_on& on, const arrival& of)
      : now_(now),
        on_(on),
        of_(of),
        level_(of.is_v4() ? ipv4_level : ipv6_level),
        family_(of.is_v4() ? ip_family::v4 : ip_family::v6) {}

  std::vector<std::byte> write(std::optional<std::uint32_t> segment_bytes) {
    write_packet_info();
    write_interfaces();
    write_header_fields();
    if (segment_bytes) {
      to_.segment_bytes(*segment_bytes);
    }
    if (on_.timestamps && now_.stamps_are_available) {
      write_timestamp();
    }
    if (!now_.redirect_records.empty()) {
      to_.redirect_records(now_.redirect_records, family_);
    }
    if (!now_.redirect_context.empty()) {
      to_.redirect_context(now_.redirect_context, family_);
    }
    return {to_.bytes().begin(), to_.bytes().end()};
  }

private:
  void write_packet_info() {
    if (!of_.facts.destination) {
      return;
    }
    const auto destination = of_.facts.destination->unmapped();
    const auto index = of_.facts.interface_index.value_or(0);
    const bool v6_socket = on_.has(ipv6_level, packet_info);
    const bool v4_message = destination.is_v4() && on_.has(ipv4_level, packet_info);
    if (v6_socket && (!v4_message || now_.both_packet_infos)) {
      to_.destination(destination.mapped(), index);
    }
    if (v4_message) {
      to_.destination(destination, index);
    }
  }

  void write_interfaces() {
    const auto index = of_.facts.interface_index.value_or(0);
    if (on_.has(level_, receive_interface)) {
      to_.receive_interface(index, family_);
    }
    if (on_.has(level_, original_arrival_interface)) {
      to_.original_arrival_interface(now_.arrival_interface != 0 ? now_.arrival_interface : index,
                                     family_);
    }
  }

  void write_timestamp() {
    using namespace std::chrono;
    // An adapter counts, for example, nanoseconds since 1970, as with PTP.
    const std::int64_t ticks =
        now_.stamps_in_hardware
            ? duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count()
            : performance_counter();
    to_.timestamp({ancillary::timestamp_clock::performance_counter, ticks});
  }

  void write_header_fields() {
    const bool old = has_old_message_types(now_.profile) && family_ == ip_family::v4;
    if (on_.has(level_, receive_hop_limit) && of_.facts.hop_limit) {
      old ? write_number(is::old_hop_limit_v4, *of_.facts.hop_limit)
          : to_.hop_limit(*of_.facts.hop_limit, family_);
    }
    if (!of_.facts.traffic_class) {
      return;
    }
    const auto octet = *of_.facts.traffic_class;
    if (on_.has(level_, receive_traffic_class)) {
      old ? write_number(is::old_traffic_class_v4, octet.value) : to_.traffic_class(octet, family_);
    }
    if (on_.has(level_, receive_ecn)) {
      to_.ecn(octet.ecn(), family_);
    }
  }

  bool write_number(ancillary::message_type type, std::uint8_t value) {
    const std::byte little[4]{std::byte{value}};
    return to_.message(type.level, type.type, little);
  }

  const conditions& now_;
  const switched_on& on_;
  const arrival& of_;
  const int level_;
  const ip_family family_;
  ancillary::fixed_control_builder<Layout, 4096> to_;
};

} // namespace

std::vector<std::byte> control_messages(const conditions& now, const switched_on& on,
                                        const arrival& of,
                                        std::optional<std::uint32_t> segment_bytes) {
  const bool is_bare = now.leaves_own_datagrams_bare &&
                       ancillary::from_asio(of.remote.address()).unmapped() ==
                           (of.is_v4() ? ancillary::ip_address::v4({127, 0, 0, 1})
                                       : ancillary::from_asio(asio::ip::address_v6::loopback()));
  if (now.memory_pressure || is_bare) {
    return {};
  }
  return now.layout == ancillary::layout_id::windows_x86
             ? writer<layouts::windows_x86>(now, on, of).write(segment_bytes)
             : writer<layouts::windows_x64>(now, on, of).write(segment_bytes);
}

} // namespace ancillary_test
