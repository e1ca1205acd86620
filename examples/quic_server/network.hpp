// The UDP side of the server: received datagrams with their path and ECN, and runs of packets to
// send. ancillary_network.cpp is the implementation; comparison/ has another one on plain sockets.
#pragma once

#include <ancillary/recvmsg/outgoing.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <ngtcp2/ngtcp2.h>
#include <span>
#include <system_error>

// A network path in the sense of RFC 9000: the address of this host that the client sent to (with
// the server's port), and the client's address.
struct network_path {
  asio::ip::udp::endpoint local;
  asio::ip::udp::endpoint remote;
  std::uint32_t interface_index = 0; // where the client's packets arrive
};

// Refers to the addresses of `path`. ngtcp2 carries the interface index along as user data.
ngtcp2_path to_ngtcp2(network_path& path);
network_path from_ngtcp2(const ngtcp2_path& path);

struct datagram {
  std::span<const std::uint8_t> payload;
  network_path path;
  std::uint8_t ecn = 0; // the two bits of the IP header, which are also NGTCP2_ECN_*
};

class datagram_sink {
public:
  virtual void receive(datagram& received) = 0;
  // After the datagrams of one receive call: the time to answer.
  virtual void end_of_batch() = 0;

protected:
  ~datagram_sink() = default;
};

struct network_options {
  asio::ip::udp::endpoint endpoint;
  bool dual_stack = false;
  bool segments = true; // coalesced receiving (GRO) and segmented sending (GSO)
  int receive_buffer_bytes = 0;
  int send_buffer_bytes = 0;
};

class network {
public:
  virtual ~network() = default;

  virtual void start() = 0;
  virtual void stop() = 0;
  [[nodiscard]] virtual asio::ip::udp::endpoint local_endpoint() const = 0;

  // As ancillary::sender::send.
  virtual std::size_t send(std::span<const ancillary::outgoing> runs, std::error_code& error) = 0;

  // Calls `done` once when the send buffer has room.
  virtual void wait_writable(std::function<void()> done) = 0;

  // Members of a JSON object, for the summary.
  virtual void report(std::ostream& out) const = 0;
};

// Throws std::system_error. The sink must outlive the network.
std::unique_ptr<network> make_network(asio::io_context& io, const network_options& options,
                                      datagram_sink& sink);
