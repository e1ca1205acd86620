// Options whose values are bytes.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/options/option_base.hpp>

#include <array>
#include <span>
#include <vector>

namespace ancillary::options {

// IP_OPTIONS: the options in the IPv4 header (RFC 791, 3.1) of outgoing datagrams, as raw bytes. An
// empty value clears the options. IPv4 only.
class ANCILLARY_API ip_options {
public:
  // For support_of().
  static constexpr option_id id = option_id::options;
  // An IPv4 header has at most 60 bytes, of which 20 are fixed.
  static constexpr std::size_t max_bytes = 40;

  ip_options() = default;
  // Copies the bytes. Throws std::out_of_range for more than 40. Pads to a multiple of four bytes
  // with End of Option List.
  explicit ip_options(std::span<const std::byte> options);

  // The bytes as set, including padding, or as read. Valid as long as this object.
  [[nodiscard]] std::span<const std::byte> value() const noexcept { return {bytes_.data(), size_}; }

  template <class Protocol>
  [[nodiscard]] int level(const Protocol& protocol) const {
    return detail::require_option(id, detail::family_of(protocol), option_use::set).level;
  }
  template <class Protocol>
  [[nodiscard]] int name(const Protocol& protocol) const {
    return detail::require_option(id, detail::family_of(protocol), option_use::set).name;
  }
  template <class Protocol>
  [[nodiscard]] const void* data(const Protocol&) const noexcept {
    return bytes_.data();
  }
  template <class Protocol>
  [[nodiscard]] void* data(const Protocol&) noexcept {
    return bytes_.data();
  }
  template <class Protocol>
  [[nodiscard]] std::size_t size(const Protocol&) const noexcept {
    return size_;
  }
  template <class Protocol>
  [[nodiscard]] std::size_t size(const Protocol&) noexcept {
    return max_bytes;
  }
  template <class Protocol>
  void resize(const Protocol&, std::size_t size) {
    if (size > max_bytes) {
      detail::refuse_size(id, size);
    }
    size_ = size;
  }

private:
  std::array<std::byte, max_bytes> bytes_{};
  std::size_t size_ = 0;
};

namespace detail {

// Opaque bytes of the Windows Filtering Platform. The system prefixes them with a WSACMSGHDR, which
// this class adds and removes.
template <option_id Id>
class redirect_option {
public:
  static constexpr option_id id = Id;
  // The default space for an answer, including the header; see with_capacity().
  static constexpr std::size_t default_capacity = 1024;

  redirect_option() : redirect_option(std::span<const std::byte>()) {}
  // Copies the bytes.
  explicit redirect_option(std::span<const std::byte> data)
      : messages_{encode_redirect(layouts::native::id, Id, ip_family::v4, data),
                  encode_redirect(layouts::native::id, Id, ip_family::v6, data)} {}
  // For reading answers of up to this many bytes, including the header.
  [[nodiscard]] static redirect_option with_capacity(std::size_t bytes) {
    redirect_option option;
    option.capacity_ = bytes;
    return option;
  }

  // Without the header. Valid until this object is read into or destroyed.
  [[nodiscard]] std::span<const std::byte> value() const noexcept {
    return decode_redirect(layouts::native::id, Id, messages_[0]);
  }

  template <class Protocol>
  [[nodiscard]] int level(const Protocol& protocol) const {
    return require_option(Id, family_of(protocol), option_use::set).level;
  }
  template <class Protocol>
  [[nodiscard]] int name(const Protocol& protocol) const {
    return require_option(Id, family_of(protocol), option_use::set).name;
  }
  template <class Protocol>
  [[nodiscard]] const void* data(const Protocol& protocol) const {
    return messages_[index_of(family_of(protocol))].data();
  }
  template <class Protocol>
  [[nodiscard]] void* data(const Protocol&) {
    answer_.resize(capacity_);
    return answer_.data();
  }
  template <class Protocol>
  [[nodiscard]] std::size_t size(const Protocol& protocol) const {
    return messages_[index_of(family_of(protocol))].size();
  }
  template <class Protocol>
  [[nodiscard]] std::size_t size(const Protocol&) noexcept {
    return capacity_;
  }
  template <class Protocol>
  void resize(const Protocol&, std::size_t size) {
    if (size > answer_.size()) {
      refuse_size(Id, size);
    }
    const redirect_option read(
        decode_redirect(layouts::native::id, Id, std::span<const std::byte>(answer_.data(), size)));
    messages_ = read.messages_;
  }

private:
  std::array<std::vector<std::byte>, 2> messages_; // by family
  std::vector<std::byte> answer_;
  std::size_t capacity_ = default_capacity;
};

} // namespace detail

// IP_WFP_REDIRECT_CONTEXT, IPV6_WFP_REDIRECT_CONTEXT: the redirect context of a redirect service's
// socket. Windows 8 and later.
using redirect_context = detail::redirect_option<option_id::wfp_redirect_context>;

// IP_WFP_REDIRECT_RECORDS, IPV6_WFP_REDIRECT_RECORDS: the redirect records of such a socket.
using redirect_records = detail::redirect_option<option_id::wfp_redirect_records>;

} // namespace ancillary::options
