// Rejects datagrams before the handler sees them.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/decoders/ip_address.hpp>
#include <ancillary/decoders/metadata_view.hpp>
#include <ancillary/recvmsg/handler.hpp>
#include <ancillary/recvmsg/packet.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace ancillary {

// Returns whether to accept a datagram. Called once for each, in order, on the loop's thread; may
// examine payload and metadata, and may have state, such as a rate limit.
template <class Predicate>
concept packet_predicate = std::predicate<Predicate&, const packet&>;

// A handler behind a predicate, made by `with_filter`. Not callable itself: the receiver calls
// `accepts` and then `handler()`.
template <class Predicate, class Handler>
class filtered_handler {
public:
  // Keeps both; with_filter() deduces the types.
  filtered_handler(Predicate predicate, Handler handler)
      : predicate_(std::move(predicate)), handler_(std::move(handler)) {}

  // Whether the predicate accepts the datagram.
  [[nodiscard]] bool accepts(const packet& each) { return predicate_(each); }
  // The predicate, as it is now.
  [[nodiscard]] Predicate& predicate() noexcept { return predicate_; }
  // The handler behind it.
  [[nodiscard]] Handler& handler() noexcept { return handler_; }

private:
  Predicate predicate_;
  Handler handler_;
};

// A handler that receives only datagrams that `predicate` accepts; receive_counters::filtered
// counts the others. Works with packet and batch handlers wherever a handler is accepted; an empty
// batch is not delivered. Filters can be nested; the outermost is called first.
//
// An exception of the predicate propagates like one of the handler, and its datagram counts as
// filtered. If a batch handler then throws for the datagrams accepted before, the predicate's
// exception is lost. A predicate must not stop the receiver.
template <packet_predicate Predicate, datagram_handler Handler>
[[nodiscard]] filtered_handler<Predicate, Handler> with_filter(Predicate predicate,
                                                               Handler handler) {
  return {std::move(predicate), std::move(handler)};
}

namespace detail {

class ANCILLARY_API address_set {
public:
  explicit address_set(std::vector<ip_address> addresses);
  [[nodiscard]] bool contains(const ip_address& address) const noexcept;

private:
  std::vector<ip_address> sorted_;
};

} // namespace detail

// Predefined predicates. They examine metadata, so the field must have been granted. They reject a
// datagram that lacks the field.

// The Generalized TTL Security Mechanism (RFC 5082): 255 accepts only neighbours on the link,
// because each router decrements the value. Requires field::hop_limit.
[[nodiscard]] inline auto hop_limit_at_least(std::uint8_t least) noexcept {
  return [least](const packet& each) noexcept {
    const auto hop_limit = each.metadata().hop_limit();
    return hop_limit && *hop_limit >= least;
  };
}

// Accepts datagrams sent to one of these addresses. Compares a v4-mapped destination as IPv4.
// Requires field::destination.
[[nodiscard]] inline auto destination_in(std::vector<ip_address> addresses) {
  return [accepted = detail::address_set(std::move(addresses))](const packet& each) noexcept {
    const auto destination = each.metadata().destination();
    return destination && accepted.contains(*destination);
  };
}

[[nodiscard]] inline auto destination_in(std::initializer_list<ip_address> addresses) {
  return destination_in(std::vector<ip_address>(addresses));
}

// Accepts datagrams received on the interface with this index. Requires field::interface_index.
[[nodiscard]] inline auto on_interface(std::uint32_t index) noexcept {
  return [index](const packet& each) noexcept {
    const auto interface_index = each.metadata().interface_index();
    return interface_index && *interface_index == index;
  };
}

// Accepts what `filter.accepts(metadata_view)` accepts, for example a multicast_filter. Copies the
// filter; pass std::ref to one that changes later.
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

// Accepts if all predicates accept; evaluates them from left to right until one rejects.
template <packet_predicate... Predicates>
[[nodiscard]] auto all_of(Predicates... predicates) {
  return [each_of = std::tuple(std::move(predicates)...)](const packet& each) mutable {
    return std::apply([&each](auto&... predicate) { return (predicate(each) && ...); }, each_of);
  };
}

// Accepts if any predicate accepts; evaluates them from left to right until one accepts.
template <packet_predicate... Predicates>
[[nodiscard]] auto any_of(Predicates... predicates) {
  return [each_of = std::tuple(std::move(predicates)...)](const packet& each) mutable {
    return std::apply([&each](auto&... predicate) { return (predicate(each) || ...); }, each_of);
  };
}

// Negates `predicate`. The negation of a predefined one accepts a datagram that lacks the field.
template <packet_predicate Predicate>
[[nodiscard]] auto none_of(Predicate predicate) {
  return [refused = std::move(predicate)](const packet& each) mutable { return !refused(each); };
}

namespace detail {

// Whether all filters around a handler accept a datagram, from the outermost to the first that does
// not. Taps on the way see it.
template <class Handler>
[[nodiscard]] constexpr bool accepted(Handler& handler, const packet& each) {
  if constexpr (is_layer<Handler>) {
    return handler.accepts(each) && accepted(handler.handler(), each);
  } else {
    return true;
  }
}

// The handler itself.
template <class Handler>
[[nodiscard]] constexpr auto& innermost(Handler& handler) noexcept {
  if constexpr (is_layer<Handler>) {
    return innermost(handler.handler());
  } else {
    return handler;
  }
}

} // namespace detail

} // namespace ancillary
