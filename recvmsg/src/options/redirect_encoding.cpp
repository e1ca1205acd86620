#include "options/option_numbers.hpp"
#include <ancillary/decoders/detail/bytes.hpp>
#include <ancillary/recvmsg/options/encoding.hpp>

#include <algorithm>

// WSACMSGHDR: length (header and data) in a word, level 4, type 4; then the data. The type of the
// message is the number of the option.
namespace ancillary::options {

std::vector<std::byte> encode_redirect(layout_id system, option_id option, ip_family family,
                                       std::span<const std::byte> data) {
  const std::size_t word = word_bytes(system);
  const std::size_t header = word + 8;
  std::vector<std::byte> bytes(header + data.size());
  if (word == 8) {
    ancillary::detail::store_little<std::uint64_t>(bytes.data(), bytes.size());
  } else {
    ancillary::detail::store_little(bytes.data(), static_cast<std::uint32_t>(bytes.size()));
  }
  const int level = family == ip_family::v6 ? detail::level_ipv6 : detail::level_ipv4;
  ancillary::detail::store_little(bytes.data() + word, static_cast<std::uint32_t>(level));
  ancillary::detail::store_little(
      bytes.data() + word + 4, static_cast<std::uint32_t>(detail::numbers_of(option).windows_v4));
  std::copy(data.begin(), data.end(), bytes.begin() + static_cast<std::ptrdiff_t>(header));
  return bytes;
}

std::span<const std::byte> decode_redirect(layout_id system, option_id option,
                                           std::span<const std::byte> bytes) noexcept {
  const std::size_t word = word_bytes(system);
  const std::size_t header = word + 8;
  if (bytes.size() < header) {
    return bytes;
  }
  const std::uint64_t length = word == 8
                                   ? ancillary::detail::load_little<std::uint64_t>(bytes.data())
                                   : ancillary::detail::load_little<std::uint32_t>(bytes.data());
  const auto type = ancillary::detail::load_little<std::uint32_t>(bytes.data() + word + 4);
  if (length < header || length > bytes.size() ||
      type != static_cast<std::uint32_t>(detail::numbers_of(option).windows_v4)) {
    return bytes;
  }
  return bytes.subspan(header, static_cast<std::size_t>(length) - header);
}

} // namespace ancillary::options
