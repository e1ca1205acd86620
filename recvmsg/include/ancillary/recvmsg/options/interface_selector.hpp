#pragma once

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

// The network interface that an option is about: none in particular, one by its index, one by an
// IPv4 address that it has, or one by its name. An IPv4 address in 0.0.0.0/8 other than 0.0.0.0 is
// an interface index in network byte order, as on Windows, on every system.
//
// Converts from all of these, so that options take any of them. A name is looked up once, when the
// selector is made; one that nothing has makes a selector which options refuse.
class interface_selector {
public:
  // The system chooses.
  constexpr interface_selector() noexcept = default;

  // An index in host byte order; 0 leaves the choice to the system. A number that no index can be,
  // below 0 or above 32 bits, makes a selector that options refuse. Characters are no numbers.
  template <interface_number Index>
  constexpr interface_selector(Index index) noexcept
      : kind_(index == 0                            ? kind::unspecified
              : std::in_range<std::uint32_t>(index) ? kind::index
                                                    : kind::unknown),
        value_(std::in_range<std::uint32_t>(index) ? static_cast<std::uint32_t>(index) : 0) {}

  interface_selector(const asio::ip::address_v4& address) noexcept;

  // A name, the digits of an index, or an IPv4 address in dotted form.
  template <class Name>
  requires std::convertible_to<const Name&, std::string_view> interface_selector(const Name& name)
      : interface_selector(find(std::string_view(name))) {}

  constexpr bool is_unspecified() const noexcept { return kind_ == kind::unspecified; }
  constexpr bool is_index() const noexcept { return kind_ == kind::index; }
  constexpr bool is_address() const noexcept { return kind_ == kind::address; }
  // It was named, and no interface has that name.
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
