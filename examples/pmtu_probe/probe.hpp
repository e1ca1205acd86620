// Sends probes of the search's sizes, and acknowledges them at the other end.
#pragma once

#include "search.hpp"
#include <ancillary/recvmsg.hpp>

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <vector>

// A probe begins with a random number, which the reflector returns: nothing else acknowledges it.
using probe_number = std::array<std::byte, 16>;

class prober {
public:
  prober(asio::io_context& io, const asio::ip::udp::endpoint& remote, std::uint32_t largest,
         std::chrono::milliseconds timeout);

  void start();

  [[nodiscard]] std::uint32_t path_mtu() const { return search_.confirmed(); }
  [[nodiscard]] unsigned probes() const { return probes_; }

private:
  void probe();
  void send();
  void on_packet(const ancillary::packet& packet);
  void on_error(const ancillary::receive_error& error);
  void on_timeout();
  [[nodiscard]] bool is_quoted(std::span<const std::byte> payload) const;
  [[nodiscard]] std::uint32_t header_bytes() const;

  struct deliver {
    prober* self;
    void operator()(const ancillary::packet& packet) const { self->on_packet(packet); }
  };

  asio::io_context& io_;
  asio::ip::udp::endpoint remote_;
  std::chrono::milliseconds timeout_;
  path_mtu_search search_;
  ancillary::receiver<deliver> receiver_;
  ancillary::sender sender_;
  asio::steady_timer timer_;
  std::random_device random_;

  std::uint32_t size_ = 0; // of the current probe
  probe_number number_{};
  std::vector<std::byte> payload_;
  unsigned tries_ = 0;
  unsigned probes_ = 0;
};

// Acknowledges probes until the context stops.
void reflect(asio::io_context& io, std::uint16_t port);
