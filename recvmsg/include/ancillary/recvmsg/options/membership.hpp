// Multicast group options, which are set only. multicast.hpp has functions for the usual cases.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/options/option_base.hpp>

namespace ancillary::options {

namespace detail {

// Throws std::out_of_range if `group` is not a multicast address.
ANCILLARY_API void require_group(option_id option, const asio::ip::address& group);
// The same, also if `source` is in another family than `group` or is a multicast address.
ANCILLARY_API void require_source(option_id option, const asio::ip::address& group,
                                  const asio::ip::address& source);
// The group determines the level: an IPv4 group can be joined on a dual-stack socket. Throws
// std::system_error with address_family_not_supported for an IPv6 group on an IPv4 socket, and the
// exceptions of require_encoded() for the interface.
ANCILLARY_API void require_membership(option_id option, const asio::ip::address& group,
                                      ip_family socket, encode_refusal refusal);

// Common to the six options: bytes encoded on construction.
class ANCILLARY_API membership_base {
public:
  [[nodiscard]] const asio::ip::address& group() const noexcept { return group_; }
  [[nodiscard]] const interface_selector& interface_choice() const noexcept { return interface_; }

  template <class Protocol>
  [[nodiscard]] int level(const Protocol& protocol) const {
    require_membership(id_, group_, family_of(protocol), encoded_.bytes.refusal);
    return encoded_.number.level;
  }
  template <class Protocol>
  [[nodiscard]] int name(const Protocol& protocol) const {
    require_membership(id_, group_, family_of(protocol), encoded_.bytes.refusal);
    return encoded_.number.name;
  }
  template <class Protocol>
  [[nodiscard]] const void* data(const Protocol&) const noexcept {
    return encoded_.bytes.storage.data();
  }
  template <class Protocol>
  [[nodiscard]] std::size_t size(const Protocol&) const noexcept {
    return encoded_.bytes.size;
  }

protected:
  membership_base(option_id id, const asio::ip::address& group, interface_selector selector,
                  const encoded_membership& encoded)
      : id_(id), group_(group), interface_(selector), encoded_(encoded) {}

private:
  option_id id_;
  asio::ip::address group_;
  interface_selector interface_;
  encoded_membership encoded_;
};

template <option_id Id>
class membership_option : public membership_base {
public:
  static constexpr option_id id = Id;

  // `group` must be a multicast address, else std::out_of_range. On IPv6, its scope id is the
  // interface if `selector` gives none. Setting it throws no_such_device for an unknown name, and
  // std::out_of_range for an interface given by IPv4 address with an IPv6 group.
  explicit membership_option(const asio::ip::address& group, interface_selector selector = {})
      : membership_base(Id, group, selector,
                        encode_membership(layouts::native::id, Id, group, selector)) {
    require_group(Id, group);
  }
};

template <option_id Id>
class source_membership_option : public membership_base {
public:
  static constexpr option_id id = Id;

  // The same; `source` must be a unicast address in the group's family, else std::out_of_range.
  source_membership_option(const asio::ip::address& group, const asio::ip::address& source,
                           interface_selector selector = {})
      : membership_base(
            Id, group, selector,
            (require_group(Id, group), require_source(Id, group, source),
             encode_source_membership(layouts::native::id, Id, group, source, selector))),
        source_(source) {}

  [[nodiscard]] const asio::ip::address& source() const noexcept { return source_; }

private:
  asio::ip::address source_;
};

} // namespace detail

// IP_ADD_MEMBERSHIP, IPV6_ADD_MEMBERSHIP: joins a group on an interface, for all sources.
using join_group = detail::membership_option<option_id::add_membership>;

// IP_DROP_MEMBERSHIP, IPV6_DROP_MEMBERSHIP: leaves a group on the interface of the join.
using leave_group = detail::membership_option<option_id::drop_membership>;

// IP_ADD_SOURCE_MEMBERSHIP, IPv6 MCAST_JOIN_SOURCE_GROUP: joins a group for one source. Set it
// again for further sources.
using join_source_group = detail::source_membership_option<option_id::add_source_membership>;

// IP_DROP_SOURCE_MEMBERSHIP, IPv6 MCAST_LEAVE_SOURCE_GROUP: leaves a group for one source.
using leave_source_group = detail::source_membership_option<option_id::drop_source_membership>;

// IP_BLOCK_SOURCE, IPv6 MCAST_BLOCK_SOURCE: blocks one source of a group joined with join_group.
using block_source = detail::source_membership_option<option_id::block_source>;

// IP_UNBLOCK_SOURCE, IPv6 MCAST_UNBLOCK_SOURCE: unblocks a source.
using unblock_source = detail::source_membership_option<option_id::unblock_source>;

} // namespace ancillary::options
