// The common part of all option classes. Each meets Asio's GettableSocketOption or
// SettableSocketOption requirements, or both, as in Microsoft's list; the other direction does not
// compile. Asio passes a const option to set and a non-const option to get, so level() and name()
// can tell the two apart.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/options/encoding.hpp>

#include <array>
#include <asio/ip/udp.hpp>
#include <cstddef>
#include <tuple>
#include <utility>

namespace ancillary::options::detail {

// The option's numbers on this system. If there are none, throws std::system_error with
// operation_not_supported and a message that says why, without a system call.
[[nodiscard]] ANCILLARY_API option_number require_option(option_id option, ip_family family,
                                                         option_use use);

// Throws for a value that this system cannot express: std::system_error with no_such_device for an
// unknown interface, else std::out_of_range.
ANCILLARY_API void require_encoded(option_id option, encode_refusal refusal);

// Throws std::out_of_range, "IP_TTL: 256 is outside 1 to 255".
ANCILLARY_API void require_range(option_id option, long long value, long long lowest,
                                 long long highest);

// Throws std::length_error: the system returned a size that the option cannot have.
[[noreturn]] ANCILLARY_API void refuse_size(option_id option, std::size_t size);

template <class Protocol>
[[nodiscard]] ip_family family_of(const Protocol& protocol) {
  return protocol.family() == asio::ip::udp::v6().family() ? ip_family::v6 : ip_family::v4;
}

constexpr std::size_t index_of(ip_family family) noexcept {
  return static_cast<std::size_t>(family);
}

// An option with one value of a few bytes. Traits:
//   id, value_type, gets, sets, initial
//   static value_type checked(value_type)                          throws std::out_of_range
//   static scalar_bytes encode(layout_id, ip_family, value_type)
//   static std::optional<value_type> decode(layout_id, ip_family, std::span<const std::byte>)
//
// Objects are independent; several threads may set one const object.
template <class Traits>
class scalar_option {
public:
  using value_type = typename Traits::value_type;
  static constexpr option_id id = Traits::id;

  scalar_option() : scalar_option(Traits::initial) {}
  explicit scalar_option(value_type value)
      : value_(Traits::checked(std::move(value))),
        encoded_{encode(ip_family::v4), encode(ip_family::v6)} {}

  scalar_option& operator=(value_type value) { return *this = scalar_option(std::move(value)); }

  [[nodiscard]] const value_type& value() const noexcept { return value_; }

  // Asio's requirements.
  template <class Protocol>
  [[nodiscard]] int level(const Protocol& protocol) const {
    return set_number(protocol).level;
  }
  template <class Protocol>
  [[nodiscard]] int level(const Protocol& protocol) {
    return require_option(id, family_of(protocol), option_use::get).level;
  }
  template <class Protocol>
  [[nodiscard]] int name(const Protocol& protocol) const {
    return set_number(protocol).name;
  }
  template <class Protocol>
  [[nodiscard]] int name(const Protocol& protocol) {
    return require_option(id, family_of(protocol), option_use::get).name;
  }

  template <class Protocol>
  requires(Traits::sets) [[nodiscard]] const void* data(const Protocol& protocol) const {
    return encoded(protocol).storage.data();
  }
  template <class Protocol>
  requires(Traits::gets) [[nodiscard]] void* data(const Protocol&) { return answer_.data(); }
  template <class Protocol>
  [[nodiscard]] std::size_t size(const Protocol& protocol) const {
    return encoded(protocol).size;
  }
  // The size of an answer, independent of the current value.
  template <class Protocol>
  [[nodiscard]] std::size_t size(const Protocol& protocol) {
    return Traits::encode(layouts::native::id, family_of(protocol), Traits::initial).size;
  }
  // Throws std::length_error for a size that the option cannot have.
  template <class Protocol>
  requires(Traits::gets) void resize(const Protocol& protocol, std::size_t size) {
    if (size > answer_.size()) {
      refuse_size(id, size);
    }
    auto value = Traits::decode(layouts::native::id, family_of(protocol),
                                std::span(std::as_const(answer_)).first(size));
    if (!value) {
      refuse_size(id, size);
    }
    value_ = std::move(*value);
    encoded_ = {encode(ip_family::v4), encode(ip_family::v6)};
  }

private:
  [[nodiscard]] scalar_bytes encode(ip_family family) const {
    return Traits::encode(layouts::native::id, family, value_);
  }
  template <class Protocol>
  [[nodiscard]] const scalar_bytes& encoded(const Protocol& protocol) const {
    return encoded_[index_of(family_of(protocol))];
  }
  template <class Protocol>
  [[nodiscard]] option_number set_number(const Protocol& protocol) const {
    const auto number = require_option(id, family_of(protocol), option_use::set);
    require_encoded(id, encoded(protocol).refusal);
    return number;
  }

  value_type value_;
  std::array<scalar_bytes, 2> encoded_; // by family
  std::array<std::byte, std::tuple_size_v<decltype(scalar_bytes::storage)>> answer_{};
};

} // namespace ancillary::options::detail
