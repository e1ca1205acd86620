// What a handler of received datagrams may look like.
#pragma once

#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/packet.hpp>

#include <span>
#include <type_traits>

namespace ancillary {

// What a handler may do to whoever called it: the second argument of handlers that want it.
//
//   ancillary::receiver receiver(io, endpoint,
//       [](const ancillary::packet& packet, ancillary::receive_control& control) {
//         if (packet.payload().empty()) control.stop();
//       });
//
// Valid until the handler returns.
class receive_control {
public:
  // Ends receiving, as stop() of the object that was set up with the handler; of a `drain` it ends
  // the call of receive() that is under way.
  virtual void stop() noexcept = 0;

  // As counters() of that object.
  [[nodiscard]] virtual receive_counters counters() const noexcept = 0;

protected:
  ~receive_control() = default;
};

template <class Predicate, class Handler>
class filtered_handler;

namespace detail {

template <class Handler>
struct unfiltered {
  using type = Handler;
};

template <class Predicate, class Handler>
struct unfiltered<filtered_handler<Predicate, Handler>> : unfiltered<Handler> {};

// The handler itself, without the filters around it.
template <class Handler>
using unfiltered_t = typename unfiltered<Handler>::type;

// Whether it can be called with the argument, alone or with a receive_control.
template <class Handler, class Argument>
inline constexpr bool takes =
    std::is_invocable_v<unfiltered_t<Handler>&, Argument> ||
    std::is_invocable_v<unfiltered_t<Handler>&, Argument, receive_control&>;

} // namespace detail

// Is given each datagram by itself; one of a coalesced buffer too.
template <class Handler>
concept packet_handler = detail::takes<Handler, const packet&>;

// Is given the datagrams of a batch together; the packets are valid until it returns.
template <class Handler>
concept batch_handler = detail::takes<Handler, std::span<const packet>>;

// Either. One that could be called both ways counts as a packet handler.
template <class Handler>
concept datagram_handler = packet_handler<Handler> || batch_handler<Handler>;

} // namespace ancillary
