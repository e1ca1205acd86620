// A receiver on a simulated Windows machine.
#pragma once

#include "support/catch.hpp"
#include "support/patience.hpp"
#include "support/stand_in/stand_in.hpp"
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/receiver.hpp>

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/unicast.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ancillary_test {

using ancillary::field;
using ancillary::packet;

inline asio::ip::udp::endpoint any_port(const char* address) {
  return {asio::ip::make_address(address), 0};
}

// Why the address cannot be used here: it is IPv6, and this host has none. Empty: it can.
inline std::string missing_ipv6_for(const char* address) {
  if (!asio::ip::make_address(address).is_v6()) {
    return {};
  }
  try {
    asio::io_context io;
    const asio::ip::udp::socket probe(io, any_port("::1"));
    return {};
  } catch (const std::system_error& error) {
    return "no IPv6 here: " + ancillary::describe(error);
  }
}

// The received datagrams, copied.
struct seen_packet {
  std::string text;
  ancillary::metadata metadata;
  bool payload_truncated, control_truncated, control_malformed, coalesced_unmarked, broadcast,
      multicast;
};

class machine {
  struct collector {
    machine* self;
    void operator()(const packet& p) const;
  };

public:
  explicit machine(windows_profile profile) : windows(profile) { windows.run_on(io_); }

  ~machine() {
    if (receiver_) {
      receiver_->stop();
      run_for(std::chrono::milliseconds(1)); // counts the rest
      check_account();
      receiver_.reset();
      io_.restart();
      io_.poll();
    }
  }
  machine(const machine&) = delete;
  machine& operator=(const machine&) = delete;

  // Starts receiving on any port of the address.
  machine& listen(const char* address, ancillary::receive_options options) {
    open(address, std::move(options));
    start();
    return *this;
  }
  // The same without starting: datagrams sent then wait in the socket.
  machine& open(const char* address, ancillary::receive_options options) {
    receiver_ = std::make_unique<ancillary::receiver<collector>>(io_, any_port(address),
                                                                 collector{this}, options);
    receiver_->on_error([this](const ancillary::receive_error& error) { errors.push_back(error); });
    return *this;
  }
  void start() { receiver().start(); }

  // From the loopback interface, to the receiver's address or another address of the family.
  asio::ip::udp::socket& sender(const char* own = "127.0.0.1") {
    if (!sender_) {
      sender_ = std::make_unique<asio::ip::udp::socket>(io_, any_port(own));
    }
    return *sender_;
  }
  void send(const std::string& text, const char* to = "127.0.0.1") {
    const auto address = asio::ip::make_address(to);
    sender(address.is_v4() ? "127.0.0.1" : "::1")
        .send_to(asio::buffer(text), {address, receiver().local_endpoint().port()});
  }

  // False on timeout.
  [[nodiscard]] bool run_until(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) {
        return false;
      }
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds(10));
    }
    return true;
  }
  [[nodiscard]] bool receives(std::size_t count) {
    return run_until([&] { return seen.size() >= count; });
  }
  void run_for(std::chrono::milliseconds time) {
    io_.restart();
    io_.run_for(time);
  }

  [[nodiscard]] ancillary::receiver<collector>& receiver() {
    REQUIRE(receiver_ != nullptr); // null after a failed open()
    return *receiver_;
  }
  [[nodiscard]] windows_socket& socket() { return windows.of(handle()); }
  [[nodiscard]] asio::ip::udp::socket::native_handle_type handle() {
    return receiver().socket().native_handle();
  }

  stand_in windows;
  std::vector<seen_packet> seen;
  std::vector<ancillary::receive_error> errors;
  std::function<void(const packet&)> answer; // called for each datagram

private:
  // datagrams = those delivered + those dropped.
  void check_account() const {
    const auto now = receiver_->counters();
    CHECK(now.datagrams == seen.size() + now.discarded_on_stop + now.unmarked_dropped);
  }

  asio::io_context io_;
  std::unique_ptr<ancillary::receiver<collector>> receiver_;
  std::unique_ptr<asio::ip::udp::socket> sender_;
};

inline void machine::collector::operator()(const packet& p) const {
  if (self->answer) {
    self->answer(p);
  }
  self->seen.push_back({{reinterpret_cast<const char*>(p.payload().data()), p.payload().size()},
                        p.metadata().to_metadata(),
                        p.payload_truncated(),
                        p.control_truncated(),
                        p.control_malformed(),
                        p.coalesced_unmarked(),
                        p.broadcast(),
                        p.multicast()});
}

inline const ancillary::field_set five_options{
    field::destination,       field::interface_index,
    field::receive_interface, field::original_arrival_interface,
    field::hop_limit,         field::traffic_class};

} // namespace ancillary_test

#define NEEDS_IPV6_FOR(address)                                                                    \
  if (const std::string reason = ::ancillary_test::missing_ipv6_for(address); !reason.empty()) {   \
    SKIP_BECAUSE(reason);                                                                          \
  }
