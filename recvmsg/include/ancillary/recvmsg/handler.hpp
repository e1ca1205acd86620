// The requirements of a handler for received datagrams.
#pragma once

#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/packet.hpp>

#include <span>
#include <type_traits>

namespace ancillary {

// Controls the object that calls the handler: an optional second argument of every handler.
//
//   ancillary::receiver receiver(io, endpoint,
//       [](const ancillary::packet& packet, ancillary::receive_control& control) {
//         if (packet.payload().empty()) control.stop();
//       });
//
// Valid until the handler returns.
class receive_control {
public:
  // Stops receiving, like stop() of the object that calls the handler; for a `drain`, ends the
  // current call of receive().
  virtual void stop() noexcept = 0;

  // Like counters() of that object.
  [[nodiscard]] virtual receive_counters counters() const noexcept = 0;

protected:
  ~receive_control() = default;
};

template <class Predicate, class Handler>
class filtered_handler;
template <class Handler, class Tap>
class tapped_handler;

namespace detail {

template <class Handler>
struct unfiltered {
  using type = Handler;
};

template <class Predicate, class Handler>
struct unfiltered<filtered_handler<Predicate, Handler>> : unfiltered<Handler> {};

template <class Handler, class Tap>
struct unfiltered<tapped_handler<Handler, Tap>> : unfiltered<Handler> {};

// The handler itself, without the filters and taps around it.
template <class Handler>
using unfiltered_t = typename unfiltered<Handler>::type;

// Whether it is a filter or a tap around another handler.
template <class Handler>
inline constexpr bool is_layer = !std::is_same_v<Handler, unfiltered_t<Handler>>;

// Whether the handler can be called with the argument, alone or with a receive_control.
template <class Handler, class Argument>
inline constexpr bool takes =
    std::is_invocable_v<unfiltered_t<Handler>&, Argument> ||
    std::is_invocable_v<unfiltered_t<Handler>&, Argument, receive_control&>;

} // namespace detail

// Receives each datagram separately, also each datagram of a coalesced buffer.
template <class Handler>
concept packet_handler = detail::takes<Handler, const packet&>;

// Receives the datagrams of a batch together; the packets are valid until it returns.
template <class Handler>
concept batch_handler = detail::takes<Handler, std::span<const packet>>;

// Either kind. A handler that could be called both ways counts as a packet handler.
template <class Handler>
concept datagram_handler = packet_handler<Handler> || batch_handler<Handler>;

} // namespace ancillary
