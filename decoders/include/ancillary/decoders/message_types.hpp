#pragma once

#include <cstdint>

namespace ancillary {

// The kind of a control message: a level (a protocol, or the socket layer) and a type within that
// level. The same pair has different meanings on different systems.
struct message_type {
  // The protocol, or the socket layer.
  std::int32_t level;
  // The kind of the message within the level.
  std::int32_t type;

  // Both numbers as the eight bytes that follow cmsg_len, read as one little-endian integer.
  constexpr std::uint64_t key() const noexcept {
    return std::uint64_t{static_cast<std::uint32_t>(type)} << 32 |
           static_cast<std::uint32_t>(level);
  }

  friend constexpr bool operator==(message_type, message_type) = default;
};

// Numbers from ws2def.h, ws2ipdef.h and mswsock.h of the Windows SDK.
struct windows_messages {
  static constexpr std::int32_t ipv4_level = 0;        // IPPROTO_IP
  static constexpr std::int32_t ipv6_level = 41;       // IPPROTO_IPV6
  static constexpr std::int32_t udp_level = 17;        // IPPROTO_UDP
  static constexpr std::int32_t socket_level = 0xffff; // SOL_SOCKET

  static constexpr message_type pktinfo_v4{ipv4_level, 19};           // IP_PKTINFO
  static constexpr message_type pktinfo_v6{ipv6_level, 19};           // IPV6_PKTINFO
  static constexpr message_type pktinfo_ex_v4{ipv4_level, 51};        // IP_PKTINFO_EX
  static constexpr message_type pktinfo_ex_v6{ipv6_level, 51};        // IPV6_PKTINFO_EX
  static constexpr message_type receive_interface_v4{ipv4_level, 24}; // IP_RECVIF
  static constexpr message_type receive_interface_v6{ipv6_level, 24}; // IPV6_RECVIF
  static constexpr message_type original_arrival_v4{ipv4_level, 47};  // IP_ORIGINAL_ARRIVAL_IF
  // The same for IPv6; the SDK has no name of its own for it.
  static constexpr message_type original_arrival_v6{ipv6_level, 47};
  static constexpr message_type hop_limit_v4{ipv4_level, 4};      // IP_TTL
  static constexpr message_type old_hop_limit_v4{ipv4_level, 21}; // IP_HOPLIMIT, to version 1607
  static constexpr message_type hop_limit_v6{ipv6_level, 21};     // IPV6_HOPLIMIT
  static constexpr message_type traffic_class_v4{ipv4_level, 3};  // IP_TOS
  static constexpr message_type old_traffic_class_v4{ipv4_level, 39}; // IP_TCLASS, to version 1607
  static constexpr message_type traffic_class_v6{ipv6_level, 39};     // IPV6_TCLASS
  static constexpr message_type ecn_v4{ipv4_level, 50};               // IP_ECN
  static constexpr message_type ecn_v6{ipv6_level, 50};               // IPV6_ECN
  static constexpr message_type segment_bytes{udp_level, 3};          // UDP_COALESCED_INFO
  static constexpr message_type timestamp{socket_level, 0x300A};      // SO_TIMESTAMP
  static constexpr message_type redirect_records_v4{ipv4_level, 60};  // IP_WFP_REDIRECT_RECORDS
  // The same for IPv6.
  static constexpr message_type redirect_records_v6{ipv6_level, 60};
  static constexpr message_type redirect_context_v4{ipv4_level, 70}; // IP_WFP_REDIRECT_CONTEXT
  // The same for IPv6.
  static constexpr message_type redirect_context_v6{ipv6_level, 70};

  // Only in the error queue; see transport_error.
  static constexpr message_type error_v4{ipv4_level, 75}; // IP_RECVERR
  static constexpr message_type error_v6{ipv6_level, 75}; // IPV6_RECVERR

  // Only for sending.
  static constexpr message_type send_segment_bytes{udp_level, 2}; // UDP_SEND_MSG_SIZE
};

// Numbers from linux/in.h, linux/in6.h, linux/udp.h and asm-generic/socket.h.
struct linux_messages {
  static constexpr std::int32_t ipv4_level = 0;   // SOL_IP
  static constexpr std::int32_t ipv6_level = 41;  // SOL_IPV6
  static constexpr std::int32_t udp_level = 17;   // SOL_UDP
  static constexpr std::int32_t socket_level = 1; // SOL_SOCKET

  static constexpr message_type pktinfo_v4{ipv4_level, 8};               // IP_PKTINFO
  static constexpr message_type pktinfo_v6{ipv6_level, 50};              // IPV6_PKTINFO
  static constexpr message_type hop_limit_v4{ipv4_level, 2};             // IP_TTL
  static constexpr message_type hop_limit_v6{ipv6_level, 52};            // IPV6_HOPLIMIT
  static constexpr message_type traffic_class_v4{ipv4_level, 1};         // IP_TOS
  static constexpr message_type traffic_class_v6{ipv6_level, 67};        // IPV6_TCLASS
  static constexpr message_type segment_bytes{udp_level, 104};           // UDP_GRO
  static constexpr message_type timestamp{socket_level, 35};             // SO_TIMESTAMPNS_OLD
  static constexpr message_type timestamp_64{socket_level, 64};          // SO_TIMESTAMPNS_NEW
  static constexpr message_type timestamp_us{socket_level, 29};          // SO_TIMESTAMP_OLD
  static constexpr message_type timestamp_us_64{socket_level, 63};       // SO_TIMESTAMP_NEW
  static constexpr message_type timestamping{socket_level, 37};          // SO_TIMESTAMPING_OLD
  static constexpr message_type timestamping_64{socket_level, 65};       // SO_TIMESTAMPING_NEW
  static constexpr message_type timestamp_origin{socket_level, 58};      // SCM_TIMESTAMPING_PKTINFO
  static constexpr message_type dropped_total{socket_level, 40};         // SO_RXQ_OVFL
  static constexpr message_type original_destination_v4{ipv4_level, 20}; // IP_ORIGDSTADDR
  static constexpr message_type original_destination_v6{ipv6_level, 74}; // IPV6_ORIGDSTADDR

  // Only in the error queue; see transport_error.
  static constexpr message_type error_v4{ipv4_level, 11}; // IP_RECVERR
  static constexpr message_type error_v6{ipv6_level, 25}; // IPV6_RECVERR

  // Only for sending.
  static constexpr message_type send_segment_bytes{udp_level, 103}; // UDP_SEGMENT
};

} // namespace ancillary
