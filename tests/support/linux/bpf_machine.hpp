// Runs classic BPF programs, as Documentation/networking/filter.rst of the Linux kernel describes
// the machine. Written from that text, with its numbers, for programs without extensions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <linux/filter.h>
#include <optional>
#include <span>
#include <stdexcept>

namespace ancillary_test {

class bpf_machine {
public:
  explicit bpf_machine(std::span<const std::byte> packet) : packet_(packet) {}

  std::uint32_t run(std::span<const sock_filter> program) {
    for (std::size_t at = 0; at < program.size(); ++at) {
      const sock_filter& each = program[at];
      const bool from_x = (each.code & 0x08) != 0;
      const std::uint32_t operand = from_x ? x_ : each.k;
      switch (each.code & 0x07) {
      case 0x00: // ld
        if (const auto value = load(each)) {
          a_ = *value;
        } else {
          return 0;
        }
        break;
      case 0x02: // st
        memory_.at(each.k) = a_;
        break;
      case 0x04:
        if (!calculate(each.code & 0xf0u, operand)) {
          return 0;
        }
        break;
      case 0x05:
        at += (each.code & 0xf0) == 0x00          ? each.k
              : holds(each.code & 0xf0u, operand) ? each.jt
                                                  : each.jf;
        break;
      case 0x06: // ret
        return (each.code & 0x18) == 0x10 ? a_ : (each.code & 0x18) == 0x08 ? x_ : each.k;
      case 0x07: // tax, txa
        ((each.code & 0xf8) == 0 ? x_ : a_) = (each.code & 0xf8) == 0 ? a_ : x_;
        break;
      default:
        throw std::logic_error("not an instruction of these programs");
      }
    }
    throw std::logic_error("ran off the end");
  }

private:
  std::optional<std::uint32_t> load(const sock_filter& each) const {
    const std::size_t bytes = (each.code & 0x18) == 0x00 ? 4 : (each.code & 0x18) == 0x08 ? 2 : 1;
    std::size_t offset = each.k;
    switch (each.code & 0xe0) {
    case 0x00: // imm
      return each.k;
    case 0x20: // abs
      break;
    case 0x40: // ind
      offset += x_;
      break;
    case 0x60: // mem
      return memory_.at(each.k);
    case 0x80: // len
      return static_cast<std::uint32_t>(packet_.size());
    default:
      throw std::logic_error("not a load of these programs");
    }
    if (offset + bytes > packet_.size()) {
      return std::nullopt;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
      value = value << 8 | std::to_integer<std::uint32_t>(packet_[offset + i]);
    }
    return value;
  }

  bool calculate(unsigned operation, std::uint32_t operand) {
    switch (operation) {
    case 0x00:
      a_ += operand;
      return true;
    case 0x10:
      a_ -= operand;
      return true;
    case 0x20:
      a_ *= operand;
      return true;
    case 0x30:
      if (operand != 0) {
        a_ /= operand;
      }
      return operand != 0;
    case 0x40:
      a_ |= operand;
      return true;
    case 0x50:
      a_ &= operand;
      return true;
    case 0x60:
      a_ <<= operand;
      return true;
    case 0x70:
      a_ >>= operand;
      return true;
    case 0x80:
      a_ = 0 - a_;
      return true;
    case 0x90:
      if (operand != 0) {
        a_ %= operand;
      }
      return operand != 0;
    case 0xa0:
      a_ ^= operand;
      return true;
    default:
      throw std::logic_error("not an operation");
    }
  }

  bool holds(unsigned condition, std::uint32_t operand) const {
    switch (condition) {
    case 0x10:
      return a_ == operand;
    case 0x20:
      return a_ > operand;
    case 0x30:
      return a_ >= operand;
    case 0x40:
      return (a_ & operand) != 0;
    default:
      throw std::logic_error("not a condition");
    }
  }

  std::span<const std::byte> packet_;
  std::uint32_t a_ = 0;
  std::uint32_t x_ = 0;
  std::array<std::uint32_t, 16> memory_{};
};

} // namespace ancillary_test
