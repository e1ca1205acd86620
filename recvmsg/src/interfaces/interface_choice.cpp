#include "options/interface_number.hpp"
#include <ancillary/recvmsg/endpoint.hpp>
#include <ancillary/recvmsg/interface_choice.hpp>

#include <algorithm>

namespace ancillary {

interface_choice::interface_choice(of_text, std::string_view text)
    : name_(text),
      index_(detail::parse_interface_number(text).value_or(0)),
      address_(ip_address::from_string(text)) {
  if (address_) {
    address_ = address_->unmapped();
  }
}

interface_choice::interface_choice(const asio::ip::address& address) noexcept
    : interface_choice(from_asio(address)) {}

std::vector<const network_interface*>
interface_choice::in(std::span<const network_interface> all) const {
  std::vector<const network_interface*> found;
  const auto find_by = [&](auto is_meant) {
    for (const network_interface& each : all) {
      if (is_meant(each)) {
        found.push_back(&each);
      }
    }
  };
  if (!name_.empty()) {
    find_by([&](const network_interface& each) {
      return each.name == name_ ||
             std::ranges::find(each.other_names, name_) != each.other_names.end();
    });
  }
  if (found.empty() && index_ != 0) {
    find_by([&](const network_interface& each) { return each.index == index_; });
  }
  if (found.empty() && address_) {
    find_by([&](const network_interface& each) { return each.find(*address_) != nullptr; });
  }
  return found;
}

std::string interface_choice::text() const {
  if (!name_.empty()) {
    return name_;
  }
  return address_ ? to_string(*address_) : std::to_string(index_);
}

} // namespace ancillary
