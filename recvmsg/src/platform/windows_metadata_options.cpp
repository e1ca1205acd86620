#include "platform/windows_metadata_options.hpp"

#include <ancillary/decoders/layout.hpp>

#include <cstdint>
#include <type_traits>

namespace ancillary::detail {

namespace {

// ws2ipdef.h, ws2tcpip.h and mstcpip.h of the Windows SDK; MinGW's headers lack some of them.
constexpr int ipv4_level = 0;
constexpr int ipv6_level = 41;
constexpr int packet_info_name = 19;
constexpr int receive_hop_limit_name = 21;
constexpr int receive_interface_name = 24;
constexpr int receive_traffic_class_name = 40;
constexpr int original_arrival_interface_name = 47;
constexpr int receive_ecn_name = 50;
constexpr int receive_error_name = 75;

constexpr std::size_t in_pktinfo_bytes = 8;
constexpr std::size_t in6_pktinfo_bytes = 20;

constexpr enabling_option both(std::string_view name, std::string_view since, int number) noexcept {
  return {name, since, option_number{ipv4_level, number}, option_number{ipv6_level, number}};
}

constexpr enabling_option packet_info[] = {both("IP_PKTINFO", "", packet_info_name)};
constexpr enabling_option receive_interface[] = {both("IP_RECVIF", "", receive_interface_name)};
constexpr enabling_option original_arrival_interface[] = {
    both("IP_ORIGINAL_ARRIVAL_IF", "", original_arrival_interface_name)};
constexpr enabling_option hop_limit[] = {both("IP_RECVTTL", "", receive_hop_limit_name)};
constexpr enabling_option traffic_class[] = {both("IP_RECVTOS", "", receive_traffic_class_name)};
constexpr enabling_option ecn[] = {
    both("IP_RECVECN", "Windows 11 or Windows Server 2022", receive_ecn_name),
    // The whole TOS field contains the ECN bits too, at a higher cost.
    both("IP_RECVTOS", "", receive_traffic_class_name)};
constexpr enabling_option coalescing[] = {{"UDP_RECV_MAX_COALESCED_SIZE", "Windows 10 version 2004",
                                           windows_option::coalescing, windows_option::coalescing}};
constexpr enabling_option receive_time[] = {
    {"SIO_TIMESTAMPING", "Windows 11 or Windows Server 2022", windows_option::timestamping,
     windows_option::timestamping}};
constexpr enabling_option dropped_total[] = {{"SO_RXQ_OVFL", "Linux", {}, {}}};
constexpr enabling_option original_destination[] = {{"IP_RECVORIGDSTADDR", "Linux", {}, {}}};
// A redirection service receives these messages without an option.
constexpr enabling_option redirect_records[] = {{"IP_WFP_REDIRECT_RECORDS", "", {}, {}}};
constexpr enabling_option redirect_context[] = {{"IP_WFP_REDIRECT_CONTEXT", "", {}, {}}};
// With SIO_TIMESTAMPING an adapter's timestamp arrives in the same message as any other, and the
// value does not show which it is.
constexpr enabling_option device_time[] = {{"SO_TIMESTAMPING", "Linux", {}, {}}};

constexpr enabling_option error_queue_option =
    both("IP_RECVERR", "the SDK 10.0.25290", receive_error_name);

constexpr std::size_t space(std::size_t payload_bytes) noexcept {
  using layout = std::conditional_t<sizeof(void*) == 8, layouts::windows_x64, layouts::windows_x86>;
  return layout::space(payload_bytes);
}

} // namespace

std::span<const enabling_option> enabling_options(field what) noexcept {
  switch (what) {
  case field::destination:
  case field::interface_index:
    return packet_info;
  case field::receive_interface:
    return receive_interface;
  case field::original_arrival_interface:
    return original_arrival_interface;
  case field::hop_limit:
    return hop_limit;
  case field::traffic_class:
    return traffic_class;
  case field::ecn:
    return ecn;
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

std::size_t control_bytes_for(field_set fields) noexcept {
  // A field may arrive at either level, and on a dual-stack socket under Wine at both.
  const auto number = 2 * space(sizeof(std::uint32_t));
  std::size_t bytes = 0;
  if (fields.contains(field::destination) || fields.contains(field::interface_index)) {
    bytes += space(in6_pktinfo_bytes) + space(in_pktinfo_bytes);
  }
  for (const field what :
       {field::receive_interface, field::original_arrival_interface, field::hop_limit,
        field::traffic_class, field::ecn, field::segment_bytes}) {
    if (fields.contains(what)) {
      bytes += number;
    }
  }
  if (fields.contains(field::timestamp)) {
    bytes += space(sizeof(std::uint64_t));
  }
  return bytes;
}

} // namespace ancillary::detail
