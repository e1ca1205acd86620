#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/options/byte_options.hpp>
#include <ancillary/recvmsg/options/membership.hpp>

#include <algorithm>
#include <asio/error.hpp>
#include <stdexcept>
#include <string>
#include <system_error>

namespace ancillary::options {
namespace detail {
namespace {

[[noreturn]] void refuse(option_id option, const asio::ip::address& address,
                         std::string_view reason) {
  throw std::out_of_range(std::string(support_of(option).name) + ": " + address.to_string() +
                          std::string(reason));
}

} // namespace

void require_group(option_id option, const asio::ip::address& group) {
  if (!group.is_multicast()) {
    refuse(option, group, " is not a multicast address");
  }
}

void require_source(option_id option, const asio::ip::address& group,
                    const asio::ip::address& source) {
  if (source.is_v6() != group.is_v6()) {
    refuse(option, source, " is not in the group's address family");
  }
  if (source.is_multicast() || source.is_unspecified()) {
    refuse(option, source, " is not a unicast address");
  }
}

void require_membership(option_id option, const asio::ip::address& group, ip_family socket,
                        encode_refusal refusal) {
  if (group.is_v6() && socket == ip_family::v4) {
    throw described_error(make_error_code(asio::error::address_family_not_supported),
                          std::string(support_of(option).name) + ": " + group.to_string() +
                              " on an IPv4 socket");
  }
  require_encoded(option, refusal);
}

} // namespace detail

ip_options::ip_options(std::span<const std::byte> options) {
  detail::require_range(id, static_cast<long long>(options.size()), 0, max_bytes);
  std::copy(options.begin(), options.end(), bytes_.begin());
  size_ = (options.size() + 3) / 4 * 4;
}

} // namespace ancillary::options
