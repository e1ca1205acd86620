#include "interfaces/membership_calls.hpp"

#include "platform/membership_option.hpp"
#include <ancillary/decoders/layout.hpp>
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/endpoint.hpp>
#include <ancillary/recvmsg/option_support.hpp>
#include <ancillary/recvmsg/options/encoding.hpp>
#include <ancillary/recvmsg/options/membership.hpp>
#include <ancillary/recvmsg/socket_options.hpp>

#include <asio/error.hpp>

namespace ancillary::detail {

namespace {

using options::interface_selector;

constexpr bool on_windows = is_windows(layouts::native::id);

option_id join_option(const group_and_source& what) noexcept {
  return what.source ? option_id::add_source_membership : option_id::add_membership;
}

std::error_code set(native_socket socket, const options::encoded_membership& encoded) noexcept {
  if (encoded.bytes.refusal != options::encode_refusal::none) {
    return make_error_code(asio::error::invalid_argument); // an index above 24 bits
  }
  return set_membership(socket, encoded.number.level, encoded.number.name, encoded.bytes.view());
}

std::error_code set(native_socket socket, const group_and_source& what, option_id with_source,
                    option_id without, const interface_selector& by) noexcept {
  return what.source
             ? set(socket, options::encode_source_membership(layouts::native::id, with_source,
                                                             what.group, *what.source, by))
             : set(socket,
                   options::encode_membership(layouts::native::id, without, what.group, by));
}

std::error_code join(native_socket socket, const group_and_source& what,
                     const interface_selector& by) noexcept {
  return set(socket, what, option_id::add_source_membership, option_id::add_membership, by);
}

// Leaving the entry of an interface that is gone, whose index a new one has, makes Linux take one
// member from the new interface (net/ipv4/igmp.c). If another socket has joined there, its member
// is counted for this socket from then on, and goes when this socket leaves.
std::error_code join_or_take_over(native_socket socket, const group_and_source& what,
                                  const interface_selector& by) noexcept {
  const std::error_code error = join(socket, what, by);
  if (!error || !can_mean_joined_already(error, what.source.has_value())) {
    return error;
  }
  return leave_on(socket, what, by) ? error : join(socket, what, by);
}

} // namespace

void require_joinable(native_socket socket, const group_and_source& what) {
  const option_id option = join_option(what);
  options::detail::require_group(option, what.group);
  if (what.source) {
    options::detail::require_source(option, what.group, *what.source);
  }
  options::detail::require_membership(option, what.group, family_of_socket(socket),
                                      options::encode_refusal::none);
}

join_result join_on(native_socket socket, const group_and_source& what,
                    const network_interface& on) {
  join_result result;
  result.by = interface_selector(on.index);
  result.error = join_or_take_over(socket, what, result.by);
  if (!result.error || !on_windows || what.group.is_v6()) {
    return result;
  }
  // Before Windows Vista, and under Wine, an IPv4 interface has no index here.
  for (const interface_address& each : on.addresses) {
    if (each.address.is_v4() && each.state == address_state::usable) {
      const interface_selector by(to_asio(each.address).to_v4());
      if (!join_or_take_over(socket, what, by)) {
        return {{}, by};
      }
    }
  }
  return result;
}

std::error_code leave_on(native_socket socket, const group_and_source& what,
                         const interface_selector& by) noexcept {
  const std::error_code error =
      set(socket, what, option_id::drop_source_membership, option_id::drop_membership, by);
  if (!what.source || !means_no_interface(error)) {
    return error;
  }
  // Of an interface that is gone, Linux lets go of all sources only.
  return set(socket, {what.group, std::nullopt}, option_id::drop_source_membership,
             option_id::drop_membership, by);
}

std::string refusal_of_join(const group_and_source& what, const std::error_code& error) {
  const ip_family family = what.group.is_v6() ? ip_family::v6 : ip_family::v4;
  return refusal_message(support_of(join_option(what)), family, option_use::set, error) + ": " +
         describe(error);
}

} // namespace ancillary::detail
