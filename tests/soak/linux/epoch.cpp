#include "kernel_account.hpp"
#include "options.hpp"
#include "parts.hpp"
#include <ancillary/recvmsg.hpp>

#include <algorithm>
#include <asio/io_context.hpp>
#include <asio/ip/v6_only.hpp>
#include <functional>
#include <memory>
#include <optional>

namespace soak {

namespace {

using ancillary::packet;
using udp = asio::ip::udp;

struct planned_exception {};

constexpr std::size_t most_segments = 9; // of one segmented payload

class epoch {
public:
  epoch(dice& random, retainer& keeper, totals& sum)
      : random_(random),
        keeper_(keeper),
        sum_(sum),
        options_(draw_options(random)),
        from_(io_, {options_.target.address(), 0}),
        sender_(from_.native_handle()) {
    from_.non_blocking(true);
  }

  void run() {
    const auto filter = [this](const packet& each) { return accepts(each); };
    const auto one = [this](const packet& each) { handle({&each, 1}); };
    const auto many = [this](std::span<const packet> batch) { handle(batch); };
    switch (random_.below(4)) {
    case 0:
      run_with(one);
      break;
    case 1:
      run_with(many);
      break;
    case 2:
      run_with(ancillary::with_filter(filter, one));
      break;
    default:
      run_with(ancillary::with_filter(filter, many));
    }
  }

private:
  template <class Handler>
  void run_with(Handler handler) {
    ancillary::receiver<Handler> receiver(socket(), std::move(handler), options_.receive);
    options_.target.port(receiver.local_endpoint().port());
    receiver.on_error([this](const ancillary::receive_error& error) {
      expect(!error.fatal, "a fatal error: " + error.code.message());
      ++sum_.errors;
    });
    stop_ = [&receiver] { receiver.stop(); };
    receiver.start();
    running_ = true;
    for (std::size_t left = 20 + random_.below(100); left > 0; --left) {
      send_burst();
      if (options_.connected && random_.one_in(10)) {
        provoke_icmp_error(receiver.socket());
      }
      poll();
      if (random_.one_in(25)) {
        running_ ? receiver.stop() : receiver.start();
        running_ = !running_;
        ++sum_.stops;
      }
    }
    if (random_.one_in(2)) { // to the end; otherwise with datagrams left in the queue
      may_stop_ = false;
      if (!running_) {
        receiver.start();
      }
      finish(receiver);
    }
    receiver.stop();
    finish(receiver);
    check_account(receiver);
  }

  udp::socket socket() {
    udp::socket made(io_, options_.endpoint.protocol());
    if (options_.endpoint.protocol() == udp::v6()) {
      made.set_option(asio::ip::v6_only(!options_.receive.dual_stack));
    }
    if (options_.receive.receive_buffer_bytes > 0) {
      made.set_option(udp::socket::receive_buffer_size(options_.receive.receive_buffer_bytes));
    }
    ancillary::request_metadata(made, options_.receive.metadata);
    made.bind(options_.connected ? udp::endpoint(options_.target.address(), 0) : options_.endpoint);
    if (options_.connected) {
      made.connect(from_.local_endpoint());
    }
    return made;
  }

  void send_burst() {
    const std::size_t count = random_.one_in(10) ? 200 : random_.below(30);
    const bool segmented = options_.coalesced && random_.one_in(2);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t bytes = random_.one_in(20) ? random_.below(header_bytes)
                                                   : random_.below(options_.most_payload_bytes);
      if (segmented && bytes > header_bytes) {
        send_segments(bytes % 1200 + header_bytes, 2 + random_.below(most_segments - 1));
      } else {
        fill(std::span(buffer_).first(bytes), number_);
        std::error_code error;
        from_.send_to(asio::buffer(buffer_.data(), bytes), options_.target, 0, error);
        if (!error) {
          ++sent_;
          number_ += bytes >= header_bytes ? 1 : 0;
        }
      }
    }
  }

  // As one payload, which the kernel does not split for a socket that coalesces.
  void send_segments(std::size_t segment_bytes, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      fill(std::span(buffer_).subspan(i * segment_bytes, segment_bytes),
           number_ + static_cast<std::uint32_t>(i));
    }
    const ancillary::outgoing one{.payload = std::span(buffer_).first(count * segment_bytes),
                                  .remote = options_.target,
                                  .segment_bytes = static_cast<std::uint32_t>(segment_bytes)};
    std::error_code error;
    if (sender_.send({&one, 1}, error) == 1) {
      sent_ += count;
      number_ += static_cast<std::uint32_t>(count);
    }
  }

  // To a port without a listener: the next receive reports the error.
  void provoke_icmp_error(udp::socket& socket) {
    udp::socket gone(io_, udp::endpoint(options_.target.address(), 0));
    const auto nowhere = gone.local_endpoint();
    gone.close();
    std::error_code ignored;
    socket.connect(nowhere, ignored);
    socket.send(asio::buffer("?", 1), 0, ignored);
    socket.connect(from_.local_endpoint(), ignored);
  }

  bool accepts(const packet& each) {
    if (random_.one_in(1000)) {
      throw planned_exception{};
    }
    return each.payload().size() % 5 != 0;
  }

  void handle(std::span<const packet> batch) {
    delivered_ += batch.size();
    for (const packet& each : batch) {
      look_at(each);
    }
    const packet& last = batch.back();
    if (random_.one_in(20)) {
      keeper_.hold(last.retain());
    }
    if (random_.one_in(15)) {
      ++replies_;
      last.reply(last.payload().first(std::min<std::size_t>(last.payload().size(), 100)));
    }
    if (may_stop_ && random_.one_in(500)) {
      stop_();
      running_ = false;
      ++sum_.stops;
    }
    if (random_.one_in(2000)) {
      throw planned_exception{};
    }
  }

  void look_at(const packet& each) {
    const verdict seen = check(each.payload());
    expect(seen != verdict::spoilt, "a payload is spoilt");
    expect(seen == verdict::whole || each.payload_truncated(), "a payload is cut and not flagged");
    if (each.payload().size() >= header_bytes) {
      const std::uint32_t number = number_of(each.payload());
      expect(!last_ || number - *last_ - 1 < 0x80000000U, "out of order, or twice");
      last_ = number;
    }
    expect(!each.metadata().error() && !each.control_malformed(), "malformed control bytes");
  }

  void poll() {
    io_.restart();
    for (bool quiet = false; !quiet;) {
      try {
        quiet = io_.poll_one() == 0;
      } catch (const planned_exception&) {
        ++sum_.exceptions;
      }
    }
  }

  // Until it is idle: nothing is pending, nobody holds a slot.
  template <class Receiver>
  void finish(Receiver& receiver) {
    std::uint64_t before = ~std::uint64_t{0};
    for (int quiet = 0; quiet < 3;) {
      keeper_.let_go_of_all();
      poll();
      io_.restart();
      try {
        io_.run_for(std::chrono::milliseconds(1));
      } catch (const planned_exception&) {
        ++sum_.exceptions;
      }
      const std::uint64_t now = receiver.counters().datagrams;
      quiet = now == before ? quiet + 1 : 0;
      before = now;
    }
  }

  template <class Receiver>
  void check_account(Receiver& receiver) {
    const ancillary::receive_counters counted = receiver.counters();
    const std::uint64_t rest = take_rest(receiver.socket());
    const std::uint64_t drops = kernel_drops(receiver.socket());
    const auto numbers = [&] {
      return "sent " + std::to_string(sent_) + ", datagrams " + std::to_string(counted.datagrams) +
             ", delivered " + std::to_string(delivered_) + ", filtered " +
             std::to_string(counted.filtered) + ", discarded " +
             std::to_string(counted.discarded_on_stop) + ", left " + std::to_string(rest) +
             ", kernel drops " + std::to_string(drops);
    };
    expect(counted.datagrams == delivered_ + counted.filtered + counted.discarded_on_stop,
           "the counters do not balance: " + numbers());
    const std::uint64_t missing = sent_ - counted.datagrams - rest;
    if (options_.coalesced && drops != 0) {
      // The kernel counts one drop for a coalesced buffer.
      expect(drops <= missing && missing <= drops * most_segments, "missing: " + numbers());
      ++sum_.inexact_epochs;
    } else {
      expect(missing == drops, "datagrams are missing: " + numbers());
    }
    const ancillary::send_counters back = receiver.reply_counters();
    expect(back.datagrams + back.errors + back.dropped == replies_, "replies are missing");
    ++sum_.epochs;
    sum_.sent += sent_;
    sum_.delivered += delivered_;
    sum_.filtered += counted.filtered;
    sum_.discarded += counted.discarded_on_stop;
    sum_.kernel_drops += drops;
    sum_.left_in_queue += rest;
    sum_.coalesced_buffers += counted.coalesced_buffers;
    sum_.truncated += counted.payload_truncated;
    sum_.pauses += counted.pauses;
    sum_.replies += replies_;
  }

  dice& random_;
  retainer& keeper_;
  totals& sum_;
  asio::io_context io_;
  options options_;
  udp::socket from_;
  ancillary::sender sender_;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(65535);

  std::function<void()> stop_;
  bool running_ = false;
  bool may_stop_ = true;
  std::uint32_t number_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint64_t replies_ = 0;
  std::optional<std::uint32_t> last_;
};

} // namespace

void run_epoch(dice& random, retainer& keeper, totals& sum) { epoch(random, keeper, sum).run(); }

} // namespace soak
