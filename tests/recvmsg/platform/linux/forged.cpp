#include "forged.hpp"

#include <ancillary/decoders/ip_address.hpp>

#include <array>
#include <netinet/in.h>
#include <span>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace option_tests {

namespace {

using octets = std::vector<std::uint8_t>;

void append(octets& to, std::span<const std::uint8_t> bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}
void append_u16(octets& to, std::size_t value) {
  to.push_back(static_cast<std::uint8_t>(value >> 8));
  to.push_back(static_cast<std::uint8_t>(value));
}

// RFC 1071.
std::uint16_t checksum(const octets& of) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < of.size(); ++i) {
    sum += i % 2 == 0 ? std::uint32_t{of[i]} << 8 : of[i];
  }
  while (sum > 0xffff) {
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return static_cast<std::uint16_t>(~sum);
}

octets udp(std::uint16_t from_port, std::uint16_t to_port, std::uint16_t sum) {
  octets bytes;
  append_u16(bytes, from_port);
  append_u16(bytes, to_port);
  append_u16(bytes, 8 + 1);
  append_u16(bytes, sum);
  bytes.push_back('?');
  return bytes;
}

} // namespace

bool send_forged(const std::string& from, std::uint16_t from_port, const std::string& to,
                 std::uint16_t to_port) {
  const auto source = ancillary::ip_address::from_string(from).value();
  const auto destination = ancillary::ip_address::from_string(to).value();
  const bool v4 = destination.is_v4();
  // The pseudo-header of RFC 768 and RFC 8200, 8.1, in a form with the same checksum.
  octets summed;
  append(summed, source.bytes());
  append(summed, destination.bytes());
  append_u16(summed, 8 + 1);
  append_u16(summed, IPPROTO_UDP);
  const octets unsummed = udp(from_port, to_port, 0);
  append(summed, unsummed);
  const octets payload = udp(from_port, to_port, checksum(summed));

  octets packet;
  if (v4) {
    append(packet, std::array<std::uint8_t, 2>{0x45, 0});
    append_u16(packet, 20 + payload.size());
    append(packet,
           std::array<std::uint8_t, 8>{0, 1, 0, 0, 64, IPPROTO_UDP, 0, 0}); // the kernel sums
  } else {
    append(packet, std::array<std::uint8_t, 4>{0x60, 0, 0, 0});
    append_u16(packet, payload.size());
    append(packet, std::array<std::uint8_t, 2>{IPPROTO_UDP, 64});
  }
  append(packet, source.bytes());
  append(packet, destination.bytes());
  append(packet, payload);

  const int raw = ::socket(v4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
  std::array<std::byte, sizeof(sockaddr_in6)> address{};
  const auto bytes = ancillary::socket_address{destination, 0}.to_sockaddr(address);
  const bool sent = ::sendto(raw, packet.data(), packet.size(), 0,
                             reinterpret_cast<const sockaddr*>(address.data()),
                             static_cast<socklen_t>(bytes)) == static_cast<ssize_t>(packet.size());
  ::close(raw);
  return sent;
}

} // namespace option_tests
