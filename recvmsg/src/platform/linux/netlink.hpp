// rtnetlink(7): its messages, and asking for a list. Every length in a message is checked.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

namespace ancillary::detail {

// The value at the beginning; zero where there are fewer bytes.
template <class Value>
[[nodiscard]] Value load_value(std::span<const std::byte> from) noexcept {
  Value value{};
  std::memcpy(&value, from.data(), std::min(sizeof value, from.size()));
  return value;
}

// Up to the first zero byte.
[[nodiscard]] inline std::string_view text_of(std::span<const std::byte> bytes) noexcept {
  const auto* const text = reinterpret_cast<const char*>(bytes.data());
  const std::string_view all(text, bytes.size());
  return all.substr(0, all.find('\0'));
}

// Calls visit(type, value) for each attribute, without the flags of its type.
template <class Visit>
void for_each_attribute(std::span<const std::byte> bytes, Visit visit) {
  while (bytes.size() >= sizeof(rtattr)) {
    const auto head = load_value<rtattr>(bytes);
    if (head.rta_len < sizeof(rtattr) || head.rta_len > bytes.size()) {
      return;
    }
    visit(static_cast<unsigned>(head.rta_type & NLA_TYPE_MASK),
          bytes.first(head.rta_len).subspan(sizeof(rtattr)));
    bytes = bytes.subspan(std::min<std::size_t>(RTA_ALIGN(head.rta_len), bytes.size()));
  }
}

// The attributes of a message that begins with a `Header`.
template <class Header, class Visit>
void for_each_attribute_after(std::span<const std::byte> message, Visit visit) {
  constexpr std::size_t header_bytes = NLMSG_ALIGN(sizeof(Header));
  if (message.size() > header_bytes) {
    for_each_attribute(message.subspan(header_bytes), visit);
  }
}

// Calls visit(header, message) for each message until it returns false or the bytes end. Returns
// the last result; false for a malformed header.
template <class Visit>
bool for_each_message(std::span<const std::byte> bytes, Visit visit) {
  while (bytes.size() >= sizeof(nlmsghdr)) {
    const auto head = load_value<nlmsghdr>(bytes);
    if (head.nlmsg_len < sizeof(nlmsghdr) || head.nlmsg_len > bytes.size() ||
        !visit(head, bytes.first(head.nlmsg_len).subspan(sizeof(nlmsghdr)))) {
      return false;
    }
    bytes = bytes.subspan(std::min<std::size_t>(NLMSG_ALIGN(head.nlmsg_len), bytes.size()));
  }
  return true;
}

// The longest part of a list, and the longest event, that the kernel returns (netlink(7)).
inline constexpr std::size_t longest_netlink_bytes = 32768;

// A netlink socket of this thread's network namespace.
class netlink_socket {
public:
  explicit netlink_socket(std::error_code& error) noexcept;
  netlink_socket(const netlink_socket&) = delete;
  netlink_socket& operator=(const netlink_socket&) = delete;
  ~netlink_socket();

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; } // -1 after an error
  [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }

private:
  int descriptor_;
};

using netlink_visitor = std::function<void(std::span<const std::byte> message)>;

// Asks for all objects of a kind (RTM_GETLINK, RTM_GETADDR) and calls `visit` for each. Fails with
// resource_unavailable_try_again if they changed in between, so that the list may lack some. Does
// not wait: the kernel prepares each part when the one before is read. After an error the rest is
// read and discarded.
[[nodiscard]] std::error_code list_objects(int netlink, std::uint16_t kind,
                                           const netlink_visitor& visit);

} // namespace ancillary::detail
