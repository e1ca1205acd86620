// Refusing datagrams before the handler sees them.
#pragma once

#include <ancillary/decoders/ip_address.hpp>
#include <ancillary/decoders/metadata_view.hpp>
#include <ancillary/recvmsg/handler.hpp>
#include <ancillary/recvmsg/packet.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace ancillary {

// Says whether a datagram is wanted. Called once for each, in order, on the loop's thread; both
// payload and metadata may be looked at. It may keep a state, as a rate limit does.
template <class Predicate>
concept packet_predicate = std::predicate<Predicate&, const packet&>;

// A handler behind a predicate; make it with `with_filter`. Not called itself: whoever receives
// asks `accepts` and then calls `handler()`.
template <class Predicate, class Handler>
class filtered_handler {
public:
  filtered_handler(Predicate predicate, Handler handler)
      : predicate_(std::move(predicate)), handler_(std::move(handler)) {}

  [[nodiscard]] bool accepts(const packet& each) { return predicate_(each); }
  [[nodiscard]] Predicate& predicate() noexcept { return predicate_; }
  [[nodiscard]] Handler& handler() noexcept { return handler_; }

private:
  Predicate predicate_;
  Handler handler_;
};

// A handler that is given only what `predicate` accepts; what it refuses is counted in
// receive_counters::filtered. For packet and batch handlers, wherever a handler is taken; an empty
// batch is not handed over. Filters may be put around filters: the outer one is asked first.
//
// An exception of the predicate leaves where one of the handler would; the datagram that it was
// thrown for counts as filtered. It is lost when a batch handler throws for those that were
// accepted before. A predicate is not to stop the receiver.
template <packet_predicate Predicate, datagram_handler Handler>
[[nodiscard]] filtered_handler<Predicate, Handler> with_filter(Predicate predicate,
                                                               Handler handler) {
  return {std::move(predicate), std::move(handler)};
}

// Ready predicates. They look at metadata, so the field must have been granted; a datagram that
// lacks it is refused, because nothing speaks for it.

// The generalized TTL security mechanism (RFC 5082): with 255 only neighbours on the link get
// through, because each router lowers the value. Needs field::hop_limit.
[[nodiscard]] inline auto hop_limit_at_least(std::uint8_t least) noexcept {
  return [least](const packet& each) noexcept {
    const auto hop_limit = each.metadata().hop_limit();
    return hop_limit && *hop_limit >= least;
  };
}

// Sent to one of these addresses. A v4-mapped destination is compared as IPv4. Needs
// field::destination.
[[nodiscard]] inline auto destination_in(std::vector<ip_address> addresses) {
  std::ranges::sort(addresses);
  return [accepted = std::move(addresses)](const packet& each) noexcept {
    const auto destination = each.metadata().destination();
    return destination && std::ranges::binary_search(accepted, *destination);
  };
}

[[nodiscard]] inline auto destination_in(std::initializer_list<ip_address> addresses) {
  return destination_in(std::vector<ip_address>(addresses));
}

// Came in by the interface with this index. Needs field::interface_index.
[[nodiscard]] inline auto on_interface(std::uint32_t index) noexcept {
  return [index](const packet& each) noexcept {
    const auto interface_index = each.metadata().interface_index();
    return interface_index && *interface_index == index;
  };
}

// What an object with accepts(metadata_view) says, for example a multicast_filter. It is copied;
// hand over std::ref to something that changes later.
template <class Filter>
requires requires(const std::unwrap_reference_t<Filter>& filter, const metadata_view& metadata) {
  { filter.accepts(metadata) } -> std::convertible_to<bool>;
}
[[nodiscard]] auto accepted_by(Filter filter) {
  return [held = std::move(filter)](const packet& each) {
    const std::unwrap_reference_t<Filter>& asked = held;
    return asked.accepts(each.metadata());
  };
}

// All of them accept; asked from the left until one does not.
template <packet_predicate... Predicates>
[[nodiscard]] auto all_of(Predicates... predicates) {
  return [each_of = std::tuple(std::move(predicates)...)](const packet& each) mutable {
    return std::apply([&each](auto&... predicate) { return (predicate(each) && ...); }, each_of);
  };
}

// At least one of them accepts; asked from the left until one does.
template <packet_predicate... Predicates>
[[nodiscard]] auto any_of(Predicates... predicates) {
  return [each_of = std::tuple(std::move(predicates)...)](const packet& each) mutable {
    return std::apply([&each](auto&... predicate) { return (predicate(each) || ...); }, each_of);
  };
}

// The opposite of `predicate`; of a ready one above also "the field was not reported".
template <packet_predicate Predicate>
[[nodiscard]] auto none_of(Predicate predicate) {
  return [refused = std::move(predicate)](const packet& each) mutable { return !refused(each); };
}

namespace detail {

template <class Handler>
[[nodiscard]] constexpr bool accepted(Handler&, const packet&) noexcept {
  return true;
}

template <class Predicate, class Handler>
[[nodiscard]] bool accepted(filtered_handler<Predicate, Handler>& filtered, const packet& each) {
  return filtered.accepts(each) && accepted(filtered.handler(), each);
}

template <class Handler>
[[nodiscard]] constexpr Handler& innermost(Handler& handler) noexcept {
  return handler;
}

template <class Predicate, class Handler>
[[nodiscard]] constexpr auto& innermost(filtered_handler<Predicate, Handler>& filtered) noexcept {
  return innermost(filtered.handler());
}

} // namespace detail

} // namespace ancillary
