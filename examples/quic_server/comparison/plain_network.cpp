// The same server without the library's loop: recvmsg and sendmsg behind Asio's readiness, one
// datagram a call, or with GRO and GSO. It handles Linux on this kind of host only: no link-local
// clients, no addresses that several interfaces have, no refused options, no checks of hostile
// control data.
#include "network.hpp"
#include "plain_messages.hpp"

#include <algorithm>
#include <asio/error.hpp>
#include <asio/ip/v6_only.hpp>
#include <cerrno>
#include <ostream>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t turn_calls = 256;    // datagrams or buffers, then other handlers run
constexpr std::size_t batch_calls = 64;    // then the connections answer
constexpr std::size_t coalesced_calls = 8; // the same, with coalesced buffers
constexpr std::size_t buffer_bytes = 65'536;

class plain_network : public network {
public:
  plain_network(asio::io_context& io, const network_options& options, datagram_sink& sink)
      : socket_(io), sink_(sink), segments_(options.segments), buffer_(buffer_bytes) {
    socket_.open(options.endpoint.protocol());
    ipv6_ = options.endpoint.address().is_v6();
    if (ipv6_) {
      socket_.set_option(asio::ip::v6_only(!options.dual_stack));
    }
    set_plain_options(socket_.native_handle(), ipv6_, segments_);
    if (options.receive_buffer_bytes != 0) {
      socket_.set_option(asio::socket_base::receive_buffer_size(options.receive_buffer_bytes));
    }
    if (options.send_buffer_bytes != 0) {
      socket_.set_option(asio::socket_base::send_buffer_size(options.send_buffer_bytes));
    }
    socket_.bind(options.endpoint);
    socket_.non_blocking(true);
    port_ = socket_.local_endpoint().port();
  }

  void start() override { wait_readable(); }
  void stop() override { socket_.close(); }
  asio::ip::udp::endpoint local_endpoint() const override { return socket_.local_endpoint(); }

  std::size_t send(std::span<const ancillary::outgoing> runs, std::error_code& error) override {
    std::size_t sent = 0;
    for (const ancillary::outgoing& run : runs) {
      if (!send_run(run)) {
        error.assign(errno, asio::error::get_system_category());
        break;
      }
      ++sent;
    }
    return sent;
  }

  void wait_writable(std::function<void()> done) override {
    socket_.async_wait(asio::socket_base::wait_write,
                       [done = std::move(done)](std::error_code error) {
                         if (!error) {
                           done();
                         }
                       });
  }

  void report(std::ostream& out) const override {
    out << "\"network\":\"plain\",\"received\":" << received_
        << ",\"receive_calls\":" << receive_calls_ << ",\"sent\":" << sent_
        << ",\"send_calls\":" << send_calls_;
  }

private:
  void wait_readable() {
    socket_.async_wait(asio::socket_base::wait_read, [this](std::error_code error) {
      if (!error) {
        receive_turn();
        wait_readable();
      }
    });
  }

  void receive_turn() {
    const std::size_t batch = segments_ ? coalesced_calls : batch_calls;
    std::size_t calls = 0;
    for (bool more = true; more && calls < turn_calls;) {
      const std::size_t end = calls + batch;
      while (calls < end && (more = receive_one())) {
        ++calls;
      }
      sink_.end_of_batch();
    }
  }

  bool receive_one();
  bool send_run(const ancillary::outgoing& run);
  bool send_piece(const ancillary::outgoing& run, std::span<const std::byte> payload,
                  std::size_t segment_bytes);

  asio::ip::udp::socket socket_;
  datagram_sink& sink_;
  bool segments_;
  std::vector<std::uint8_t> buffer_;
  std::uint16_t port_ = 0;
  bool ipv6_ = false;
  const std::byte* partial_ = nullptr; // the run that was sent in part before the buffer was full
  std::size_t partial_bytes_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t receive_calls_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t send_calls_ = 0;
};

bool plain_network::receive_one() {
  asio::ip::udp::endpoint remote;
  alignas(cmsghdr) std::byte control[plain_control_bytes];
  iovec vector{buffer_.data(), buffer_.size()};
  msghdr message{};
  message.msg_name = remote.data();
  message.msg_namelen = static_cast<socklen_t>(remote.capacity());
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t bytes = recvmsg(socket_.native_handle(), &message, 0);
  if (bytes < 0) {
    return false;
  }
  ++receive_calls_;
  remote.resize(message.msg_namelen);
  if (remote.address().is_v6() && remote.address().to_v6().is_v4_mapped()) {
    remote = {asio::ip::make_address_v4(asio::ip::v4_mapped, remote.address().to_v6()),
              remote.port()};
  }
  const plain_metadata metadata = read_control(message);
  std::span<const std::uint8_t> rest(buffer_.data(), static_cast<std::size_t>(bytes));
  const std::size_t segment = metadata.segment_bytes == 0 ? rest.size() : metadata.segment_bytes;
  while (!rest.empty()) {
    const std::size_t count = std::min(segment, rest.size());
    datagram received{rest.first(count),
                      {{metadata.local.address(), port_}, remote, metadata.interface_index},
                      metadata.ecn};
    ++received_;
    sink_.receive(received);
    rest = rest.subspan(count);
  }
  return true;
}

// False, with errno, if not all of it was sent.
bool plain_network::send_run(const ancillary::outgoing& run) {
  if (run.segment_bytes == 0 || segments_) {
    return send_piece(run, run.payload, run.segment_bytes);
  }
  std::size_t offset = std::exchange(partial_, nullptr) == run.payload.data() ? partial_bytes_ : 0;
  while (offset < run.payload.size()) {
    const std::size_t count = std::min<std::size_t>(run.segment_bytes, run.payload.size() - offset);
    if (!send_piece(run, run.payload.subspan(offset, count), 0)) {
      partial_ = run.payload.data();
      partial_bytes_ = offset;
      return false;
    }
    offset += count;
  }
  return true;
}

bool plain_network::send_piece(const ancillary::outgoing& run, std::span<const std::byte> payload,
                               std::size_t segment_bytes) {
  alignas(cmsghdr) std::byte control[plain_control_bytes];
  asio::ip::udp::endpoint remote = run.remote;
  if (remote.address().is_v4() && ipv6_) {
    remote.address(asio::ip::make_address_v6(asio::ip::v4_mapped, remote.address().to_v4()));
  }
  iovec vector{const_cast<std::byte*>(payload.data()), payload.size()};
  msghdr message{};
  message.msg_name = remote.data();
  message.msg_namelen = static_cast<socklen_t>(remote.size());
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control;
  write_control(message, run, segment_bytes);
  ++send_calls_;
  if (sendmsg(socket_.native_handle(), &message, 0) < 0) {
    return false;
  }
  sent_ += segment_bytes == 0 ? 1 : (payload.size() - 1) / segment_bytes + 1;
  return true;
}

} // namespace

std::unique_ptr<network> make_network(asio::io_context& io, const network_options& options,
                                      datagram_sink& sink) {
  return std::make_unique<plain_network>(io, options, sink);
}
