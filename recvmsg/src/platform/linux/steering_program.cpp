#include "platform/linux/steering_program.hpp"

#include <ancillary/recvmsg/detail/lane_hash.hpp>

namespace ancillary::detail {

namespace {

using label = bpf_program::label;

void load(bpf_program& program, std::size_t offset, std::size_t bytes) {
  switch (bytes) {
  case 4:
    program.load_word(offset);
    break;
  case 2:
    program.load_half(offset);
    break;
  default:
    program.load_octet(offset);
  }
}

// The accumulator, xor itself shifted; also in the index register before.
void fold(bpf_program& program, unsigned bits) {
  program.copy_to_index();
  program.shift_right(bits);
  program.xor_index();
}

// As lane_hash_of(): the index register holds the hash between two steps.
void give_hash(bpf_program& program, std::size_t offset, std::size_t length, std::size_t lanes) {
  bool first = true; // the hash is still 0
  lane_hash::for_each_load(offset, length, [&](std::size_t at, std::size_t bytes) {
    if (!first) {
      program.copy_to_index();
    }
    load(program, at, bytes);
    if (!first) {
      program.xor_index();
    }
    first = false;
    program.multiply(lane_hash::step_factor);
    fold(program, lane_hash::step_shift);
  });
  fold(program, lane_hash::last_shift_before);
  program.multiply(lane_hash::last_factor);
  fold(program, lane_hash::last_shift_after);
  program.remainder(lanes);
  program.give_accumulator();
}

// The lane of the connection ID at this offset: the one that it names, or by hash.
void give_lane_of_id(bpf_program& program, std::size_t offset, const quic_connection_ids& ids,
                     std::size_t lanes, label& not_ours) {
  program.load_octet(offset);
  program.expect_equal(std::to_integer<std::uint32_t>(ids.first_octet()), not_ours);
  program.load_octet(offset + 1);
  program.expect_less(lanes, not_ours);
  program.give_accumulator();
  program.place(not_ours);
  give_hash(program, offset, quic_connection_ids::min_length, lanes);
}

// Ends the program with lane 0 unless the packet has the shortest ID at this offset.
void require_id(bpf_program& program, std::size_t offset) {
  program.load_octet(offset + quic_connection_ids::min_length - 1);
}

void steer_by_id(bpf_program& program, const quic_connection_ids& ids, std::size_t lanes) {
  label short_header;
  label not_ours;
  label not_ours_in_short;
  program.load_octet(0);
  program.expect_any_bit(std::to_integer<std::uint32_t>(quic_header::long_form), short_header);

  require_id(program, quic_header::long_id_offset);
  program.load_octet(quic_header::long_id_length_offset);
  label long_enough;
  program.expect_less(quic_connection_ids::min_length, long_enough);
  program.give(0);
  program.place(long_enough);
  program.expect_equal(static_cast<std::uint32_t>(ids.length()), not_ours);
  give_lane_of_id(program, quic_header::long_id_offset, ids, lanes, not_ours);

  program.place(short_header);
  require_id(program, quic_header::short_id_offset);
  give_lane_of_id(program, quic_header::short_id_offset, ids, lanes, not_ours_in_short);
}

} // namespace

bpf_program steering_program(const lane_steering& steering, std::size_t lanes) {
  bpf_program program;
  switch (steering.decided_by()) {
  case lane_steering::basis::payload:
    give_hash(program, steering.range().offset, steering.range().length, lanes);
    break;
  case lane_steering::basis::quic_connection_id:
    steer_by_id(program, steering.ids(), lanes);
    break;
  default:
    program.load_cpu();
    program.remainder(lanes);
    program.give_accumulator();
  }
  return program;
}

} // namespace ancillary::detail
