#include "options.hpp"

#include <asio/ip/address.hpp>

namespace soak {

using ancillary::field;
using udp = asio::ip::udp;

options draw_options(dice& random) {
  options drawn;
  const std::size_t family = random.below(3);
  drawn.endpoint = {family == 0 ? udp::v4() : udp::v6(), 0};
  drawn.receive.dual_stack = family == 2;
  drawn.target.address(asio::ip::make_address(family == 1 ? "::1" : "127.0.0.1"));
  drawn.connected = family == 0 && random.one_in(3);
  drawn.coalesced = random.one_in(4);
  auto fields = ancillary::field_set::all() - ancillary::field_set{field::segment_bytes};
  if (random.one_in(3)) {
    fields = {field::destination, field::hop_limit};
  }
  if (drawn.coalesced) {
    fields.insert(field::segment_bytes);
  }
  drawn.receive.metadata =
      ancillary::want(random.one_in(4) && !drawn.coalesced ? ancillary::field_set{} : fields);
  const std::size_t batches[] = {1, 4, 16, 64};
  drawn.receive.batch = batches[random.below(4)];
  drawn.receive.payload_capacity = drawn.coalesced ? 0 : random.one_in(2) ? 512 : 2048;
  drawn.receive.retainable = random.below(3) * 32;
  drawn.receive.budget_batches = 1 + random.below(4);
  if (!drawn.coalesced && random.one_in(2)) {
    drawn.receive.receive_buffer_bytes = 16 * 1024; // a small one: the kernel drops
  }
  drawn.receive.on_full_send_buffer =
      random.one_in(2) ? ancillary::full_send_buffer::wait : ancillary::full_send_buffer::drop;
  drawn.receive.segment_replies = random.one_in(2);
  drawn.most_payload_bytes = random.one_in(3) ? 8000 : 1400;
  return drawn;
}

} // namespace soak
