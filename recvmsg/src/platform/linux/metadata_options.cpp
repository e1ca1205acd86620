#include "set_up/metadata_options.hpp"

#include "platform/linux/hardware_timestamps.hpp"
#include "platform/linux/system_calls.hpp"
#include <ancillary/decoders/layout.hpp>

#include <asio/error.hpp>
#include <cerrno>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace ancillary::detail {

namespace {

// From linux/udp.h and linux/in6.h; Debian 12's C library lacks some of them.
constexpr int udp_level = 17;
constexpr int udp_gro = 104;
constexpr int ipv6_receive_original_destination = 74;

// On a dual-stack socket the IPv6 message of an IPv4 datagram has its destination too, but only the
// IPv4 message tells a broadcast address from one of this host (ipi_spec_dst).
constexpr enabling_option packet_info[] = {
    {"IP_PKTINFO", "", {{IPPROTO_IP, IP_PKTINFO}}, {{IPPROTO_IPV6, IPV6_RECVPKTINFO}}}};
constexpr enabling_option original_arrival_interface[] = {{"IP_ORIGINAL_ARRIVAL_IF", "", {}, {}}};
constexpr enabling_option hop_limit[] = {
    {"IP_RECVTTL", "", {{IPPROTO_IP, IP_RECVTTL}}, {{IPPROTO_IPV6, IPV6_RECVHOPLIMIT}}}};
constexpr enabling_option traffic_class[] = {
    {"IP_RECVTOS", "", {{IPPROTO_IP, IP_RECVTOS}}, {{IPPROTO_IPV6, IPV6_RECVTCLASS}}}};
constexpr option_number coalescing_option{udp_level, udp_gro};
constexpr std::uint32_t largest_coalesced_bytes = 65535;
constexpr enabling_option coalescing[] = {
    {"UDP_GRO", "Linux 5.0", coalescing_option, coalescing_option}};
constexpr enabling_option receive_time[] = {
    {"SO_TIMESTAMPNS", "", {{SOL_SOCKET, SO_TIMESTAMPNS}}, {{SOL_SOCKET, SO_TIMESTAMPNS}}}};
constexpr option_number timestamping_option{SOL_SOCKET, SO_TIMESTAMPING};
constexpr enabling_option device_time[] = {
    {"SO_TIMESTAMPING", "", timestamping_option, timestamping_option}};
constexpr enabling_option dropped_total[] = {
    {"SO_RXQ_OVFL", "", {{SOL_SOCKET, SO_RXQ_OVFL}}, {{SOL_SOCKET, SO_RXQ_OVFL}}}};
constexpr enabling_option original_destination[] = {
    {"IP_RECVORIGDSTADDR",
     "",
     {{IPPROTO_IP, IP_RECVORIGDSTADDR}},
     {{IPPROTO_IPV6, ipv6_receive_original_destination}}}};
constexpr enabling_option redirect_records[] = {{"IP_WFP_REDIRECT_RECORDS", "", {}, {}}};
constexpr enabling_option redirect_context[] = {{"IP_WFP_REDIRECT_CONTEXT", "", {}, {}}};

constexpr enabling_option error_queue_option{
    "IP_RECVERR", "", {{IPPROTO_IP, IP_RECVERR}}, {{IPPROTO_IPV6, IPV6_RECVERR}}};

constexpr std::size_t space(std::size_t payload_bytes) noexcept {
  return layouts::native::space(payload_bytes);
}

} // namespace

std::span<const enabling_option> enabling_options(field what) noexcept {
  switch (what) {
  case field::destination:
  case field::interface_index:
  case field::receive_interface:
    return packet_info;
  case field::original_arrival_interface:
    return original_arrival_interface;
  case field::hop_limit:
    return hop_limit;
  case field::traffic_class:
  case field::ecn:
    return traffic_class;
  case field::segment_bytes:
    return coalescing;
  case field::timestamp:
    return receive_time;
  case field::dropped_total:
    return dropped_total;
  case field::original_destination:
    return original_destination;
  case field::redirect_records:
    return redirect_records;
  case field::redirect_context:
    return redirect_context;
  case field::hardware_timestamp:
    return device_time;
  }
  return {};
}

const enabling_option& error_detail_option() noexcept { return error_queue_option; }

std::error_code switch_on(native_socket socket, option_number option,
                          std::uint32_t max_coalesced_bytes) noexcept {
  if (option == coalescing_option && max_coalesced_bytes < largest_coalesced_bytes) {
    // The kernel would coalesce nevertheless and datagrams that do not fit would be lost.
    return asio::error::message_size;
  }
  if (option == timestamping_option) {
    return switch_on_hardware_timestamps(socket);
  }
  const int on = 1;
  if (system.setsockopt(socket, option.level, option.name, &on, sizeof on) != 0) {
    return {errno, asio::error::get_system_category()};
  }
  return {};
}

bool is_faulty_beside_coalescing(field) noexcept { return false; }

bool switch_off_coalescing(native_socket socket) noexcept {
  const int off = 0;
  return system.setsockopt(socket, udp_level, udp_gro, &off, sizeof off) == 0;
}

bool is_v6_only(native_socket socket, std::error_code& error) noexcept {
  int value = 0;
  socklen_t bytes = sizeof value;
  if (system.getsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &value, &bytes) != 0) {
    error = {errno, asio::error::get_system_category()};
    return false;
  }
  error.clear();
  return value != 0;
}

std::size_t control_bytes_for(field_set fields) noexcept {
  std::size_t bytes = 0;
  if (fields.contains(field::destination) || fields.contains(field::interface_index) ||
      fields.contains(field::receive_interface)) {
    bytes += space(sizeof(in6_pktinfo)) + space(sizeof(in_pktinfo));
  }
  if (fields.contains(field::hop_limit)) {
    bytes += 2 * space(sizeof(int));
  }
  if (fields.contains(field::traffic_class) || fields.contains(field::ecn)) {
    bytes += 2 * space(sizeof(int));
  }
  if (fields.contains(field::segment_bytes)) {
    bytes += space(sizeof(int));
  }
  constexpr std::size_t timespec_bytes = 2 * sizeof(std::int64_t); // the longest form
  if (fields.contains(field::timestamp)) {
    bytes += space(timespec_bytes);
  }
  if (fields.contains(field::timestamp) || fields.contains(field::hardware_timestamp)) {
    // The caller may have enabled SO_TIMESTAMPING, and SOF_TIMESTAMPING_OPT_PKTINFO with it.
    bytes += space(3 * timespec_bytes) + space(sizeof(scm_ts_pktinfo));
  }
  if (fields.contains(field::dropped_total)) {
    bytes += space(sizeof(std::uint32_t));
  }
  if (fields.contains(field::original_destination)) {
    bytes += space(sizeof(sockaddr_in6)) + space(sizeof(sockaddr_in));
  }
  return bytes;
}

} // namespace ancillary::detail
