// Which of the host's interfaces are meant, also before they exist.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/decoders/ip_address.hpp>
#include <ancillary/recvmsg/network_interface.hpp>
#include <ancillary/recvmsg/options/interface_selector.hpp>

#include <asio/ip/address.hpp>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ancillary {

// An interface given by name, index or address. Implicitly converts from all of these. Unlike
// options::interface_selector, which is an interface that exists, it is looked up anew in each
// list: a name means whatever interface has the name at that time.
class ANCILLARY_API interface_choice {
public:
  // A name (also one of other_names), an index in digits, or an IPv4 or IPv6 address, in this order
  // of precedence: an interface called "7" is found by its name.
  template <class Name>
  requires std::convertible_to<const Name&, std::string_view> interface_choice(const Name& name)
      : interface_choice(of_text{}, std::string_view(name)) {}

  // An index in host byte order. 0, a negative number or one above 32 bits means no interface.
  template <options::interface_number Index>
  interface_choice(Index index) noexcept
      : index_(std::in_range<std::uint32_t>(index) ? static_cast<std::uint32_t>(index) : 0) {}

  // Each interface that has this address, usable or not.
  interface_choice(const ip_address& address) noexcept : address_(address.unmapped()) {}
  interface_choice(const asio::ip::address& address) noexcept;
  interface_choice(const asio::ip::address_v4& address) noexcept
      : interface_choice(asio::ip::address(address)) {}

  // The chosen ones, usually one; they point into `all`.
  [[nodiscard]] std::vector<const network_interface*>
  in(std::span<const network_interface> all) const;

  // As it was given.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const interface_choice&, const interface_choice&) = default;

private:
  struct of_text {};
  interface_choice(of_text, std::string_view text);

  std::string name_;
  std::uint32_t index_ = 0;
  std::optional<ip_address> address_;
};

} // namespace ancillary
