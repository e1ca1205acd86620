#pragma once

#include <ancillary/decoders/export.hpp>

#include <asio/ip/address_v4.hpp>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <utility>

namespace ancillary::options {

// Integers that can be an interface index.
template <class T>
concept interface_number = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                           !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                           !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

// The network interface for an option: unspecified, or given by index, by one of its IPv4
// addresses, or by name. On every system, as on Windows, an IPv4 address in 0.0.0.0/8 other than
// 0.0.0.0 is an interface index in network byte order.
//
// Implicitly converts from all of these. A name is looked up once, on construction; options refuse
// a selector with an unknown name.
class ANCILLARY_API interface_selector {
public:
  // The system chooses.
  constexpr interface_selector() noexcept = default;

  // An index in host byte order; 0: the system chooses. Options refuse a selector with a negative
  // number or one above 32 bits. Character types are not accepted.
  template <interface_number Index>
  constexpr interface_selector(Index index) noexcept
      : kind_(index == 0                            ? kind::unspecified
              : std::in_range<std::uint32_t>(index) ? kind::index
                                                    : kind::unknown),
        value_(std::in_range<std::uint32_t>(index) ? static_cast<std::uint32_t>(index) : 0) {}

  // One of the interface's IPv4 addresses; 0.0.0.0: the system chooses.
  interface_selector(const asio::ip::address_v4& address) noexcept;

  // A name, an index in digits, or an IPv4 address in dotted form.
  template <class Name>
  requires std::convertible_to<const Name&, std::string_view> interface_selector(const Name& name)
      : interface_selector(find(std::string_view(name))) {}

  // Whether the system chooses.
  constexpr bool is_unspecified() const noexcept { return kind_ == kind::unspecified; }
  // Whether it is an index, which a name becomes as well.
  constexpr bool is_index() const noexcept { return kind_ == kind::index; }
  // Whether it is an IPv4 address.
  constexpr bool is_address() const noexcept { return kind_ == kind::address; }
  // Whether no interface has the given name.
  constexpr bool is_unknown() const noexcept { return kind_ == kind::unknown; }

  // The index in host byte order, 0 unless is_index().
  constexpr std::uint32_t index() const noexcept { return is_index() ? value_ : 0; }
  // 0.0.0.0 unless is_address().
  asio::ip::address_v4 address() const noexcept;

  friend constexpr bool operator==(const interface_selector&,
                                   const interface_selector&) noexcept = default;

private:
  enum class kind : std::uint8_t { unspecified, index, address, unknown };

  static interface_selector find(std::string_view name);

  kind kind_ = kind::unspecified;
  std::uint32_t value_ = 0; // the index, or the address as a number
};

} // namespace ancillary::options
