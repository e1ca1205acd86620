#include "plain_messages.hpp"

#include <ancillary/recvmsg/endpoint.hpp>

#include <cerrno>
#include <cstring>
#include <netinet/ip.h>
#include <netinet/udp.h>

namespace {

void set(int socket, int level, int name, int value) {
  if (setsockopt(socket, level, name, &value, sizeof value) != 0) {
    throw std::system_error(errno, std::system_category(), "setsockopt");
  }
}

template <class T>
T load(const cmsghdr* message) {
  T value;
  std::memcpy(&value, CMSG_DATA(message), sizeof value);
  return value;
}

// Appends a message at `used` bytes.
template <class T>
void append(msghdr& message, std::size_t& used, int level, int type, const T& value) {
  auto* const header =
      reinterpret_cast<cmsghdr*>(static_cast<std::byte*>(message.msg_control) + used);
  header->cmsg_level = level;
  header->cmsg_type = type;
  header->cmsg_len = CMSG_LEN(sizeof value);
  std::memcpy(CMSG_DATA(header), &value, sizeof value);
  used += CMSG_SPACE(sizeof value);
}

} // namespace

void set_plain_options(int socket, bool ipv6, bool segments) {
  set(socket, IPPROTO_IP, IP_PKTINFO, 1);
  set(socket, IPPROTO_IP, IP_RECVTOS, 1);
  set(socket, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
  if (ipv6) {
    set(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    set(socket, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
    set(socket, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
  }
  if (segments) {
    set(socket, IPPROTO_UDP, UDP_GRO, 1);
  }
}

plain_metadata read_control(msghdr& message) {
  plain_metadata result;
  for (cmsghdr* next = CMSG_FIRSTHDR(&message); next != nullptr;
       next = CMSG_NXTHDR(&message, next)) {
    if (next->cmsg_level == IPPROTO_IP && next->cmsg_type == IP_PKTINFO) {
      const auto info = load<in_pktinfo>(next);
      result.local.address(asio::ip::address_v4(ntohl(info.ipi_addr.s_addr)));
      result.interface_index = static_cast<std::uint32_t>(info.ipi_ifindex);
    } else if (next->cmsg_level == IPPROTO_IPV6 && next->cmsg_type == IPV6_PKTINFO) {
      const auto info = load<in6_pktinfo>(next);
      if (!IN6_IS_ADDR_V4MAPPED(&info.ipi6_addr)) {
        asio::ip::address_v6::bytes_type bytes;
        std::memcpy(bytes.data(), &info.ipi6_addr, bytes.size());
        result.local.address(asio::ip::address_v6(bytes));
        result.interface_index = info.ipi6_ifindex;
      }
    } else if (next->cmsg_level == IPPROTO_IP && next->cmsg_type == IP_TOS) {
      result.ecn = load<std::uint8_t>(next) & IPTOS_ECN_MASK;
    } else if (next->cmsg_level == IPPROTO_IPV6 && next->cmsg_type == IPV6_TCLASS) {
      result.ecn = static_cast<std::uint8_t>(load<int>(next) & IPTOS_ECN_MASK);
    } else if (next->cmsg_level == IPPROTO_UDP && next->cmsg_type == UDP_GRO) {
      result.segment_bytes = static_cast<std::size_t>(load<int>(next));
    }
  }
  return result;
}

void write_control(msghdr& message, const ancillary::outgoing& run, std::size_t segment_bytes) {
  std::size_t used = 0;
  const int ecn = static_cast<int>(*run.ecn);
  if (run.source->is_v4()) {
    in_pktinfo info{};
    info.ipi_spec_dst = run.source->to_in_addr<in_addr>();
    append(message, used, IPPROTO_IP, IP_PKTINFO, info);
    append(message, used, IPPROTO_IP, IP_TOS, ecn);
  } else {
    in6_pktinfo info{};
    info.ipi6_addr = run.source->to_in_addr<in6_addr>();
    append(message, used, IPPROTO_IPV6, IPV6_PKTINFO, info);
    append(message, used, IPPROTO_IPV6, IPV6_TCLASS, ecn);
  }
  if (segment_bytes > 0) {
    append(message, used, IPPROTO_UDP, UDP_SEGMENT, static_cast<std::uint16_t>(segment_bytes));
  }
  message.msg_controllen = used;
}
