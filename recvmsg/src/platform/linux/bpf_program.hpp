// A program for the kernel's classic BPF machine (Documentation/networking/filter.rst): an
// accumulator, an index register, and loads from the packet in network byte order. A load beyond
// the packet's end ends the program, which then returns 0.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <gsl/assert>
#include <linux/filter.h>

namespace ancillary::detail {

class bpf_program {
public:
  // A place in the program. Jumps to it come first: the machine jumps forward only.
  class label {
    friend class bpf_program;
    struct jump {
      std::size_t from;
      bool if_true;
    };
    std::array<jump, 4> jumps_{};
    std::size_t count_ = 0;
  };

  // Loads into the accumulator.
  constexpr void load_octet(std::size_t offset) { add(BPF_LD | BPF_B | BPF_ABS, offset); }
  constexpr void load_half(std::size_t offset) { add(BPF_LD | BPF_H | BPF_ABS, offset); }
  constexpr void load_word(std::size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset); }
  constexpr void load_cpu() {
    add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_CPU));
  }

  // Arithmetic on the accumulator.
  constexpr void multiply(std::uint32_t factor) { add(BPF_ALU | BPF_MUL | BPF_K, factor); }
  constexpr void remainder(std::size_t divisor) { add(BPF_ALU | BPF_MOD | BPF_K, divisor); }
  constexpr void shift_right(unsigned bits) { add(BPF_ALU | BPF_RSH | BPF_K, bits); }
  constexpr void xor_index() { add(BPF_ALU | BPF_XOR | BPF_X, 0); }
  constexpr void copy_to_index() { add(BPF_MISC | BPF_TAX, 0); }

  // Continues behind these if the accumulator has the property, and at the label otherwise.
  constexpr void expect_equal(std::uint32_t value, label& otherwise) {
    add_jump(BPF_JEQ, value, otherwise, false);
  }
  constexpr void expect_less(std::size_t value, label& otherwise) {
    add_jump(BPF_JGE, value, otherwise, true);
  }
  constexpr void expect_any_bit(std::uint32_t bits, label& otherwise) {
    add_jump(BPF_JSET, bits, otherwise, false);
  }
  // The label's jumps lead to the next instruction.
  constexpr void place(const label& here) {
    for (std::size_t i = 0; i < here.count_; ++i) {
      const std::size_t skipped = count_ - here.jumps_[i].from - 1;
      Expects(skipped <= UINT8_MAX);
      sock_filter& jump = code_[here.jumps_[i].from];
      (here.jumps_[i].if_true ? jump.jt : jump.jf) = static_cast<std::uint8_t>(skipped);
    }
  }

  // Ends the program.
  constexpr void give(std::size_t value) { add(BPF_RET | BPF_K, value); }
  constexpr void give_accumulator() { add(BPF_RET | BPF_A, 0); }

  [[nodiscard]] constexpr const sock_filter* data() const noexcept { return code_.data(); }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return count_; }

private:
  constexpr void add(unsigned operation, std::size_t operand) {
    Expects(count_ < code_.size());
    code_[count_++] = {static_cast<std::uint16_t>(operation), 0, 0,
                       static_cast<std::uint32_t>(operand)};
  }
  constexpr void add_jump(unsigned condition, std::size_t value, label& otherwise, bool if_true) {
    Expects(otherwise.count_ < otherwise.jumps_.size());
    otherwise.jumps_[otherwise.count_++] = {count_, if_true};
    add(BPF_JMP | condition | BPF_K, value);
  }

  std::array<sock_filter, 160> code_{};
  std::size_t count_ = 0;
};

} // namespace ancillary::detail
