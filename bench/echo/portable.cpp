// Echo servers on a wildcard-bound socket: the library's, and Asio's own.

#include "portable_subjects.hpp"
#include <ancillary/recvmsg.hpp>

#include <array>
#include <asio/io_context.hpp>
#include <memory>
#include <span>

namespace ancillary::bench {

namespace {

struct each_datagram {
  tally* into;
  asio::io_context* io;

  void operator()(const packet& each) const {
    each.reply(each.payload());
    if (into->visit(each.payload().data(), each.payload().size())) [[unlikely]] {
      io->stop();
    }
  }
};

struct whole_batch {
  tally* into;
  asio::io_context* io;

  void operator()(std::span<const packet> batch) const {
    for (const packet& each : batch) {
      each_datagram{into, io}(each);
    }
  }
};

template <class Handler>
class ours final : public subject {
public:
  ours()
      : receiver_(io_, {asio::ip::udp::v4(), 0}, Handler{&tally_, &io_},
                  {.metadata = ancillary::require({field::destination}),
                   .receive_buffer_bytes = receive_buffer_bytes}) {
    receiver_.start();
  }

  std::vector<std::uint16_t> ports() const override { return {receiver_.local_endpoint().port()}; }

  void receive(std::uint64_t datagrams) override {
    tally_.expect(datagrams);
    io_.restart();
    io_.run();
  }

private:
  asio::io_context io_{1};
  receiver<Handler> receiver_;
};

// One datagram at a time. The reply comes from the address that the route has, whatever was asked.
class asio_echo : public subject {
public:
  asio_echo() {
    socket_.set_option(asio::socket_base::receive_buffer_size(receive_buffer_bytes));
    socket_.non_blocking(true);
  }

  std::vector<std::uint16_t> ports() const override { return {socket_.local_endpoint().port()}; }

  void receive(std::uint64_t datagrams) override {
    tally_.expect(datagrams);
    io_.restart();
    io_.run();
  }

protected:
  void visit(std::size_t bytes) {
    if (tally_.visit(payload_.data(), bytes)) [[unlikely]] {
      io_.stop();
    }
  }

  asio::io_context io_{1};
  asio::ip::udp::socket socket_{io_, {asio::ip::udp::v4(), 0}};
  asio::ip::udp::endpoint sender_;
  std::array<std::byte, payload_capacity> payload_;
};

// The reply leaves at once, from within the handler: the cheaper way.
class asio_send_to final : public asio_echo {
public:
  asio_send_to() { arm(); }

private:
  void arm() {
    socket_.async_receive_from(
        asio::buffer(payload_), sender_, [this](const std::error_code& error, std::size_t bytes) {
          if (!error) {
            std::error_code ignored;
            socket_.send_to(asio::buffer(payload_.data(), bytes), sender_, 0, ignored);
            visit(bytes);
          }
          arm();
        });
  }
};

// As in Asio's own example of an echo server.
class asio_async_send_to final : public asio_echo {
public:
  asio_async_send_to() { arm(); }

private:
  void arm() {
    socket_.async_receive_from(
        asio::buffer(payload_), sender_, [this](const std::error_code& error, std::size_t bytes) {
          if (error) {
            arm();
            return;
          }
          socket_.async_send_to(asio::buffer(payload_.data(), bytes), sender_,
                                [this](const std::error_code&, std::size_t) { arm(); });
          visit(bytes);
        });
  }
};

template <class Subject>
subject_kind kind(std::string name, std::string what) {
  return {std::move(name), std::move(what), false, [] { return std::make_unique<Subject>(); }};
}

} // namespace

std::vector<subject_kind> portable_subjects() {
  return {
      kind<ours<each_datagram>>("ours", "packet::reply, from the address that was asked"),
      kind<ours<whole_batch>>("ours-batch", "the same, a handler for a batch"),
      kind<asio_send_to>("asio", "async_receive_from and send_to, from the route's address"),
      kind<asio_async_send_to>("asio-async", "async_receive_from and async_send_to"),
  };
}

} // namespace ancillary::bench
