#include "network.hpp"
#include <ancillary/recvmsg.hpp>

#include <ostream>
#include <string_view>
#include <utility>

namespace {

using ancillary::field;

class ancillary_network : public network {
public:
  ancillary_network(asio::io_context& io, const network_options& options, datagram_sink& sink)
      : receiver_(io, options.endpoint, batch_handler{*this}, receive_options(options)),
        sender_(receiver_.socket().native_handle(), {.segment_offload = options.segments}),
        sink_(sink),
        port_(receiver_.local_endpoint().port()) {
    // RFC 9000, 14: datagrams must not be fragmented. ngtcp2 finds the path MTU by probes.
    receiver_.socket().set_option(
        ancillary::options::path_mtu_discovery(ancillary::options::path_mtu_state::probe));
    if (options.send_buffer_bytes != 0) {
      receiver_.socket().set_option(asio::socket_base::send_buffer_size(options.send_buffer_bytes));
    }
  }

  void start() override { receiver_.start(); }
  void stop() override { receiver_.stop(); }
  asio::ip::udp::endpoint local_endpoint() const override { return receiver_.local_endpoint(); }

  std::size_t send(std::span<const ancillary::outgoing> runs, std::error_code& error) override {
    return sender_.send(runs, error);
  }

  void wait_writable(std::function<void()> done) override {
    receiver_.socket().async_wait(asio::socket_base::wait_write,
                                  [done = std::move(done)](std::error_code error) {
                                    if (!error) {
                                      done();
                                    }
                                  });
  }

  void report(std::ostream& out) const override;

private:
  struct batch_handler {
    ancillary_network& self;
    void operator()(std::span<const ancillary::packet> batch) const { self.deliver(batch); }
  };

  static ancillary::receive_options receive_options(const network_options& options) {
    ancillary::receive_options receive;
    receive.metadata.require({field::destination, field::interface_index, field::ecn});
    receive.metadata.want({field::dropped_total}); // receive buffer full; Linux
    if (options.segments) {
      receive.metadata.want({field::segment_bytes});
      receive.guard.by_interface_mtu = true;
      receive.guard.on_detection = ancillary::unmarked_coalescing::drop;
    }
    receive.receive_buffer_bytes = options.receive_buffer_bytes;
    receive.dual_stack = options.dual_stack;
    return receive;
  }

  void deliver(std::span<const ancillary::packet> batch) {
    for (const ancillary::packet& packet : batch) {
      const auto destination = packet.metadata().destination();
      if (!destination || packet.payload_truncated() || packet.payload().empty()) {
        ++unusable_;
        continue;
      }
      const auto payload = packet.payload();
      datagram received{{reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()},
                        {{ancillary::to_asio(*destination), port_},
                         ancillary::unmapped(packet.remote()),
                         packet.metadata().interface_index().value_or(0)},
                        static_cast<std::uint8_t>(
                            packet.metadata().ecn().value_or(ancillary::ecn_codepoint::not_ect))};
      sink_.receive(received);
    }
    sink_.end_of_batch();
  }

  ancillary::receiver<batch_handler> receiver_;
  ancillary::sender sender_;
  datagram_sink& sink_;
  std::uint16_t port_;
  std::uint64_t unusable_ = 0;
};

void ancillary_network::report(std::ostream& out) const {
  const ancillary::receive_counters in = receiver_.counters();
  const ancillary::send_counters sent = sender_.counters();
  out << "\"network\":\"ancillary\",\"received\":" << in.datagrams
      << ",\"receive_calls\":" << in.batches << ",\"coalesced_buffers\":" << in.coalesced_buffers
      << ",\"unusable\":" << unusable_ << ",\"kernel_drops\":" << in.kernel_drops
      << ",\"metadata_missing\":" << in.metadata_missing << ",\"sent\":" << sent.datagrams
      << ",\"send_calls\":" << sent.calls << ",\"send_buffer_full\":" << sent.send_buffer_full
      << ",\"send_errors\":" << sent.errors << ",\"refused\":" << sent.refused
      << ",\"segments_refused\":" << sent.segments_refused
      << ",\"without_source\":" << sent.without_source
      << ",\"without_ecn\":" << sent.without_traffic_class;
}

} // namespace

std::unique_ptr<network> make_network(asio::io_context& io, const network_options& options,
                                      datagram_sink& sink) {
  return std::make_unique<ancillary_network>(io, options, sink);
}
