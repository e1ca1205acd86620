// The library, with a datagram handler and with a batch handler; and Asio.

#include "../support/on_io_context.hpp"
#include "portable_subjects.hpp"

namespace ancillary::bench {

namespace {

template <class Handler>
subject_kind kind(std::string name, std::string what, field_set fields, std::size_t batch = 0) {
  const bool coalesces = fields.contains(field::segment_bytes);
  return {std::move(name), std::move(what), coalesces, [=] {
            receive_options options = options_for(fields);
            options.batch = batch;
            return std::make_unique<ours<Handler>>(on_loopback(), options);
          }};
}

// Coalescing is enabled, but there is nothing to coalesce.
subject_kind not_coalesced(subject_kind of) {
  of.coalesces = false;
  return of;
}

class ours_async final : public on_io_context {
public:
  ours_async() : receiver_(io_, on_loopback(), options_for(three_messages)) { arm(); }

  std::vector<std::uint16_t> ports() const override { return {receiver_.local_endpoint().port()}; }

private:
  void arm() {
    receiver_.async_receive(batch_, [this](const std::error_code& error) {
      if (!error) {
        whole_batch<read_metadata>{this}(batch_.packets());
      }
      arm();
    });
  }

  async_receiver receiver_;
  packet_batch batch_;
};

// No metadata.
class asio_receive_from final : public asio_subject {
public:
  asio_receive_from() : asio_subject(on_loopback()) { arm(); }

private:
  void arm() {
    socket_.async_receive_from(asio::buffer(payload_), sender_,
                               pending([this](const std::error_code& error, std::size_t bytes) {
                                 if (!error) {
                                   visit(payload_.data(), bytes);
                                 }
                                 arm();
                               }));
  }
};

} // namespace

std::vector<subject_kind> portable_subjects() {
  const field_set coalesced = three_messages | field_set{field::segment_bytes};
  return {
      kind<each_datagram<read_metadata>>("ours", "datagram handler", three_messages),
      kind<whole_batch<read_metadata>>("ours-batch", "batch handler", three_messages),
      kind<each_datagram<read_nothing>>("ours-gro", "coalesced, datagram handler", coalesced),
      kind<whole_batch<read_nothing>>("ours-gro-batch", "coalesced, batch handler", coalesced),
      kind<each_datagram<read_nothing>>("ours-gro-4", "coalesced, batch 4", coalesced, 4),
      kind<each_datagram<read_nothing>>("ours-gro-16", "coalesced, batch 16", coalesced, 16),
      kind<each_datagram<read_nothing>>("ours-gro-64", "coalesced, batch 64", coalesced, 64),
      not_coalesced(kind<each_datagram<read_metadata>>(
          "ours-gro-single", "coalescing enabled, single datagrams", coalesced)),
      not_coalesced(kind<each_datagram<read_metadata>>("ours-gro-single-64", "the same, batch 64",
                                                       coalesced, 64)),
      {"ours-async", "async_receiver", false, [] { return std::make_unique<ours_async>(); }},
      {"asio", "async_receive_from, no metadata", false,
       [] { return std::make_unique<asio_receive_from>(); }},
  };
}

} // namespace ancillary::bench
