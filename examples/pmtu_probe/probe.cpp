#include "probe.hpp"

#include <algorithm>
#include <iostream>
#include <span>
#include <stdexcept>

namespace {

constexpr unsigned tries_per_size = 3; // MAX_PROBES, RFC 8899, 5.1.2
constexpr std::uint32_t largest_packet = 65535;
// A search takes a few dozen. On a path that keeps changing it would not end.
constexpr unsigned probes_in_all = 500;

path_mtu_search search_for(const asio::ip::udp::endpoint& remote, std::uint32_t largest) {
  // The minimum MTU, RFC 791 and RFC 8200; and a size that hardly any path refuses.
  const bool v4 = remote.address().is_v4();
  const std::uint32_t smallest = v4 ? 68 : 1280;
  if (largest < smallest) {
    throw std::invalid_argument("every path has an MTU of " + std::to_string(smallest) +
                                " bytes or more; --largest is below that");
  }
  return {smallest, v4 ? 576U : 1280U, std::min(largest, largest_packet)};
}

ancillary::receive_options probe_options() {
  ancillary::receive_options options;
  options.error_detail = true;
  return options;
}

} // namespace

prober::prober(asio::io_context& io, const asio::ip::udp::endpoint& remote, std::uint32_t largest,
               std::chrono::milliseconds timeout)
    : io_(io),
      remote_(remote),
      timeout_(timeout),
      search_(search_for(remote, largest)),
      receiver_(io, {remote.protocol(), 0}, deliver{this}, probe_options()),
      sender_(receiver_.socket().native_handle()),
      timer_(io) {
  // No fragmentation, and no limit but the interface's: the system's own estimate of the path must
  // not hold a probe back.
  ancillary::set_option(receiver_.socket(), ancillary::options::path_mtu_discovery(
                                                ancillary::options::path_mtu_state::probe));
  receiver_.on_error([this](const ancillary::receive_error& error) { on_error(error); });
}

void prober::start() {
  receiver_.start();
  probe();
}

std::uint32_t prober::header_bytes() const { return (remote_.address().is_v4() ? 20U : 40U) + 8U; }

void prober::probe() {
  const auto size = search_.next();
  if (!size) {
    receiver_.stop();
    timer_.cancel();
    io_.stop();
    return;
  }
  if (probes_ >= probes_in_all) {
    throw std::runtime_error("the path keeps changing");
  }
  size_ = *size;
  tries_ = 0;
  std::ranges::generate(number_, [this] { return static_cast<std::byte>(random_() & 0xff); });
  payload_.assign(size_ - header_bytes(), std::byte{0});
  std::ranges::copy(std::span(number_).first(std::min(number_.size(), payload_.size())),
                    payload_.begin());
  send();
}

void prober::send() {
  ++probes_;
  ++tries_;
  const ancillary::outgoing datagram{.payload = payload_, .remote = remote_};
  std::error_code error;
  static_cast<void>(sender_.send({&datagram, 1}, error));
  // Too long for the interface: this host also reports the interface's MTU, in the error queue.
  if (error && error != asio::error::message_size && error != asio::error::would_block) {
    throw std::system_error(error, "sending a probe of " + std::to_string(size_) + " bytes");
  }
  timer_.expires_after(timeout_);
  timer_.async_wait([this](std::error_code cancelled) {
    if (!cancelled) {
      on_timeout();
    }
  });
}

void prober::on_packet(const ancillary::packet& packet) {
  const auto answer = packet.payload();
  const auto expected = std::span(number_).first(std::min(number_.size(), payload_.size()));
  if (packet.remote() == remote_ && std::ranges::equal(answer, expected)) {
    search_.confirm(size_);
    probe();
  }
}

bool prober::is_quoted(std::span<const std::byte> payload) const {
  const std::size_t bytes = std::min(payload.size(), number_.size());
  return bytes != 0 && std::ranges::equal(payload.first(bytes), std::span(number_).first(bytes));
}

void prober::on_error(const ancillary::receive_error& error) {
  // The system's own endpoint of a link-local address lacks the scope.
  if (error.detail == nullptr || ancillary::from_asio(error.detail->remote.address()) !=
                                     ancillary::from_asio(remote_.address())) {
    return;
  }
  const ancillary::error_detail& detail = *error.detail;
  const auto mtu = detail.cause.mtu();
  if (detail.cause.origin == ancillary::error_origin::local) {
    if (mtu && *mtu < size_) {
      search_.limit(*mtu);
      probe();
    }
    return;
  }
  // Anybody can send ICMP messages, but only who saw the probe can quote it. Without a quotation
  // the search goes on by timeouts.
  if (!is_quoted(detail.payload)) {
    return;
  }
  if (mtu && search_.hint(size_, *mtu)) {
    probe();
  } else if (error.condition == ancillary::receive_condition::port_unreachable &&
             search_.confirmed() == 0) {
    throw std::system_error(error.code, "nobody answers probes at the remote port");
  }
}

void prober::on_timeout() {
  if (tries_ < tries_per_size) {
    send();
    return;
  }
  search_.give_up(size_);
  probe();
}

void reflect(asio::io_context& io, std::uint16_t port) {
  ancillary::receive_options options;
  options.metadata.require({ancillary::field::destination});
  options.dual_stack = true;
  options.payload_capacity = 65535;
  ancillary::receiver reflector(
      io, {asio::ip::udp::v6(), port},
      [](const ancillary::packet& probe) {
        // Short, so that it arrives by any path.
        const auto bytes = probe.payload();
        probe.reply(bytes.first(std::min(bytes.size(), std::tuple_size_v<probe_number>)));
      },
      options);
  reflector.start();
  std::cout << "reflecting on port " << reflector.local_endpoint().port() << std::endl;
  io.run();
}
