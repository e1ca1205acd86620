// Restricts receiving to selected interfaces: IP_IFLIST and the options that edit its list. Windows
// 10 version 1803 and later; beyond the 26 options of Microsoft's list before October 2024.
//
//   socket.set_option(ancillary::options::interface_list(true)); // now nothing is received
//   socket.set_option(ancillary::options::interface_list_add("Ethernet"));
#pragma once

#include <ancillary/recvmsg/options/flag_option.hpp>

#include <array>
#include <span>

namespace ancillary::options {

namespace detail {

template <option_id Id>
struct list_edit_traits {
  using value_type = interface_selector;
  static constexpr option_id id = Id;
  static constexpr bool gets = false;
  static constexpr bool sets = true;
  static constexpr interface_selector initial{};

  static interface_selector checked(interface_selector value) noexcept { return value; }
  static scalar_bytes encode(layout_id system, ip_family family,
                             interface_selector value) noexcept {
    return encode_interface(system, id, family, value);
  }
};

} // namespace detail

// IP_IFLIST, IPV6_IFLIST: while on, datagrams that arrive on an interface outside the list are
// ignored. The list is initially empty.
using interface_list = detail::flag_option<option_id::iflist>;

// IP_ADD_IFLIST, IPV6_ADD_IFLIST: adds an interface, given by index (in host byte order) or name.
// Setting it throws no_such_device for an unknown name, and std::out_of_range without an interface
// or for one given by address. Microsoft does not document the byte order; programs that read the
// list back use host byte order.
using interface_list_add = detail::scalar_option<detail::list_edit_traits<option_id::add_iflist>>;

// IP_DEL_IFLIST, IPV6_DEL_IFLIST: removes an interface, with the same errors. The system removes
// none itself: an interface that no longer exists stays in the list.
using interface_list_remove =
    detail::scalar_option<detail::list_edit_traits<option_id::del_iflist>>;

// IP_GET_IFLIST, IPV6_GET_IFLIST: the indices in the list, in host byte order. The system refuses
// it while interface_list is off.
class interface_list_entries {
public:
  // For support_of().
  static constexpr option_id id = option_id::get_iflist;
  static constexpr std::size_t capacity = 256; // interfaces

  // As read. Valid until this object is read into or destroyed.
  [[nodiscard]] std::span<const std::uint32_t> value() const noexcept {
    return {indices_.data(), count_};
  }

  template <class Protocol>
  [[nodiscard]] int level(const Protocol& protocol) const {
    return detail::require_option(id, detail::family_of(protocol), option_use::get).level;
  }
  template <class Protocol>
  [[nodiscard]] int name(const Protocol& protocol) const {
    return detail::require_option(id, detail::family_of(protocol), option_use::get).name;
  }
  template <class Protocol>
  [[nodiscard]] void* data(const Protocol&) noexcept {
    return indices_.data();
  }
  template <class Protocol>
  [[nodiscard]] std::size_t size(const Protocol&) const noexcept {
    return sizeof indices_;
  }
  // Throws std::length_error for a size that is not a multiple of an index.
  template <class Protocol>
  void resize(const Protocol&, std::size_t size) {
    if (size > sizeof indices_ || size % sizeof indices_[0] != 0) {
      detail::refuse_size(id, size);
    }
    count_ = size / sizeof indices_[0];
  }

private:
  std::array<std::uint32_t, capacity> indices_{};
  std::size_t count_ = 0;
};

} // namespace ancillary::options
