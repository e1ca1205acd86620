// The library, with a handler for each datagram and with one for a batch.

#include "portable_subjects.hpp"
#include <ancillary/recvmsg.hpp>

#include <asio/io_context.hpp>
#include <bit>
#include <memory>
#include <span>

namespace ancillary::bench {

namespace {

constexpr field_set three_messages{field::destination, field::hop_limit, field::traffic_class};

void read_metadata(tally& into, const metadata_view& metadata) noexcept {
  const auto destination = metadata.destination();
  into.metadata(
      destination && destination->is_v4() ? std::bit_cast<std::uint32_t>(destination->to_v4_bytes())
                                          : 0,
      metadata.hop_limit().value_or(0), metadata.traffic_class().value_or(traffic_class{}).value);
}

struct each_datagram {
  tally* into;
  asio::io_context* io;

  void operator()(const packet& each) const {
    read_metadata(*into, each.metadata());
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

// Of coalesced buffers the datagrams are visited, as the bare loop does: what the metadata says it
// says of the whole buffer.
struct each_coalesced {
  tally* into;
  asio::io_context* io;

  void operator()(const packet& each) const {
    if (into->visit(each.payload().data(), each.payload().size())) [[unlikely]] {
      io->stop();
    }
  }
};

struct whole_coalesced_batch {
  tally* into;
  asio::io_context* io;

  void operator()(std::span<const packet> batch) const {
    for (const packet& each : batch) {
      each_coalesced{into, io}(each);
    }
  }
};

template <class Handler>
class ours final : public subject {
public:
  ours(field_set fields, std::size_t batch)
      : receiver_(io_, {asio::ip::address_v4::loopback(), 0}, Handler{&tally_, &io_},
                  {.metadata = ancillary::require(fields),
                   .batch = batch,
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

template <class Handler>
subject_kind kind(std::string name, std::string what, field_set fields, std::size_t batch = 0) {
  const bool coalesces = fields.contains(field::segment_bytes);
  return {std::move(name), std::move(what), coalesces,
          [=] { return std::make_unique<ours<Handler>>(fields, batch); }};
}

// Coalescing is on, and there is nothing to coalesce.
subject_kind not_coalesced(subject_kind of) {
  of.coalesces = false;
  return of;
}

// Asio's own: one datagram at a time, no metadata.
class asio_receive_from final : public subject {
public:
  asio_receive_from() {
    socket_.set_option(asio::socket_base::receive_buffer_size(receive_buffer_bytes));
    arm();
  }

  std::vector<std::uint16_t> ports() const override { return {socket_.local_endpoint().port()}; }

  void receive(std::uint64_t datagrams) override {
    tally_.expect(datagrams);
    io_.restart();
    io_.run();
  }

private:
  void arm() {
    socket_.async_receive_from(asio::buffer(payload_), sender_,
                               [this](const std::error_code& error, std::size_t bytes) {
                                 if (!error && tally_.visit(payload_.data(), bytes)) [[unlikely]] {
                                   io_.stop();
                                 }
                                 arm();
                               });
  }

  asio::io_context io_{1};
  asio::ip::udp::socket socket_{io_, {asio::ip::address_v4::loopback(), 0}};
  asio::ip::udp::endpoint sender_;
  std::array<std::byte, payload_capacity> payload_;
};

} // namespace

std::vector<subject_kind> portable_subjects() {
  const field_set coalesced = three_messages | field_set{field::segment_bytes};
  return {
      kind<each_datagram>("ours", "a handler for each datagram", three_messages),
      kind<whole_batch>("ours-batch", "a handler for a batch", three_messages),
      kind<each_coalesced>("ours-gro", "coalesced, a handler for each datagram", coalesced),
      kind<whole_coalesced_batch>("ours-gro-batch", "coalesced, a handler for a batch", coalesced),
      kind<each_coalesced>("ours-gro-4", "coalesced, batch 4", coalesced, 4),
      kind<each_coalesced>("ours-gro-16", "coalesced, batch 16", coalesced, 16),
      kind<each_coalesced>("ours-gro-64", "coalesced, batch 64", coalesced, 64),
      not_coalesced(kind<each_datagram>("ours-gro-single",
                                        "ready for coalesced ones, that come singly", coalesced)),
      not_coalesced(kind<each_datagram>("ours-gro-single-64", "the same, batch 64", coalesced, 64)),
      {"asio", "async_receive_from, no metadata", false,
       [] { return std::make_unique<asio_receive_from>(); }},
  };
}

} // namespace ancillary::bench
