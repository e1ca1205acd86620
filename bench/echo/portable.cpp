// Echo servers on a wildcard-bound socket: the library's and Asio's.

#include "../support/on_io_context.hpp"
#include "portable_subjects.hpp"

namespace ancillary::bench {

namespace {

struct reply {
  static void look(const packet& each, on_io_context&) { each.reply(each.payload()); }
};

// The route chooses the reply's address, whatever address was requested.
class asio_echo : public asio_subject {
protected:
  asio_echo() : asio_subject(on_all_addresses()) { socket_.non_blocking(true); }
};

// Replies at once, inside the handler: the cheaper way.
class asio_send_to final : public asio_echo {
public:
  asio_send_to() { arm(); }

private:
  void arm() {
    socket_.async_receive_from(asio::buffer(payload_), sender_,
                               pending([this](const std::error_code& error, std::size_t bytes) {
                                 if (!error) {
                                   std::error_code ignored;
                                   socket_.send_to(asio::buffer(payload_.data(), bytes), sender_, 0,
                                                   ignored);
                                   visit(payload_.data(), bytes);
                                 }
                                 arm();
                               }));
  }
};

// As in Asio's example of an echo server.
class asio_async_send_to final : public asio_echo {
public:
  asio_async_send_to() { arm(); }

private:
  void arm() {
    socket_.async_receive_from(
        asio::buffer(payload_), sender_,
        pending([this](const std::error_code& error, std::size_t bytes) {
          if (error) {
            arm();
            return;
          }
          socket_.async_send_to(asio::buffer(payload_.data(), bytes), sender_,
                                pending([this](const std::error_code&, std::size_t) { arm(); }));
          visit(payload_.data(), bytes);
        }));
  }
};

template <class Subject>
std::unique_ptr<subject> make() {
  return std::make_unique<Subject>();
}

template <class Handler>
std::unique_ptr<subject> make_ours() {
  return std::make_unique<ours<Handler>>(on_all_addresses(), options_for({field::destination}));
}

} // namespace

std::vector<subject_kind> portable_subjects() {
  return {
      {"ours", "packet::reply, from the requested address", false, make_ours<each_datagram<reply>>},
      {"ours-batch", "the same, batch handler", false, make_ours<whole_batch<reply>>},
      {"asio", "async_receive_from and send_to, from the route's address", false,
       make<asio_send_to>},
      {"asio-async", "async_receive_from and async_send_to", false, make<asio_async_send_to>},
  };
}

} // namespace ancillary::bench
