#include <ancillary/recvmsg/endpoint.hpp>
#include <ancillary/recvmsg/recorder.hpp>
#include <ancillary/recvmsg/timestamp.hpp>

namespace ancillary {

namespace {

socket_address address_of(const asio::ip::udp::endpoint& endpoint) noexcept {
  return {from_asio(endpoint.address()).unmapped(), endpoint.port()};
}

pcapng::reception reception_of(const packet& from, bool destination_known) noexcept {
  if (from.multicast()) {
    return pcapng::reception::multicast;
  }
  if (from.broadcast()) {
    return pcapng::reception::broadcast;
  }
  return destination_known ? pcapng::reception::unicast : pcapng::reception::unknown;
}

} // namespace

pcapng::datagram to_datagram(const packet& from, const asio::ip::udp::endpoint& local) {
  const metadata_view& metadata = from.metadata();
  pcapng::datagram made{.source = address_of(from.remote())};
  made.destination = metadata.destination();
  made.local = address_of(local);
  made.interface_index = metadata.receive_interface();
  if (!made.interface_index) {
    made.interface_index = metadata.interface_index();
  }
  made.hop_limit = metadata.hop_limit();
  made.traffic_class = metadata.traffic_class();
  made.ecn = metadata.ecn();
  if (const auto stamp = metadata.timestamp()) {
    made.time = time_since_unix_epoch(*stamp);
  }
  if (!made.time) {
    made.time_of_reading = std::chrono::system_clock::now().time_since_epoch();
  }
  if (const auto stamp = metadata.hardware_timestamp()) {
    made.hardware_time_ns = stamp->value;
  }
  made.payload = from.payload();
  made.original_bytes = from.original_bytes();
  // Of a coalesced buffer that is cut, only one segment is: where the system tells, its own length.
  made.truncated = from.payload_truncated() && made.original_bytes != from.payload().size();
  made.coalesced_unmarked = from.coalesced_unmarked();
  made.control_damaged = from.control_truncated() || from.control_malformed();
  made.received_as = reception_of(from, made.destination.has_value());
  return made;
}

} // namespace ancillary
