// Shows datagrams to an observer before the handler sees them, for a capture or for statistics.
#pragma once

#include <ancillary/recvmsg/handler.hpp>
#include <ancillary/recvmsg/packet.hpp>

#include <type_traits>
#include <utility>

namespace ancillary {

// Observes a datagram, which is valid until it returns. Called once for each, in order, on the
// loop's thread: receiving waits while it runs, so it must be quick and not block; a `recorder`
// does slow work on a thread of its own. It must not throw, so declare it noexcept: an observer
// never changes what the handler receives.
template <class Tap>
concept packet_tap = std::is_nothrow_invocable_v<Tap&, const packet&>;

// A handler with an observer, made by `with_tap`. Not callable itself.
template <class Handler, class Tap>
class tapped_handler {
public:
  // Keeps both; with_tap() deduces the types.
  tapped_handler(Handler handler, Tap tap) : handler_(std::move(handler)), tap_(std::move(tap)) {}

  // Shows the datagram to the observer. Always true.
  [[nodiscard]] bool accepts(const packet& each) noexcept {
    tap_(each);
    return true;
  }
  // The observer, as it is now.
  [[nodiscard]] Tap& tap() noexcept { return tap_; }
  // The handler behind it.
  [[nodiscard]] Handler& handler() noexcept { return handler_; }

private:
  Handler handler_;
  Tap tap_;
};

// A handler whose datagrams `tap` sees first, also those that a filter in `handler` rejects:
//
//   with_tap(with_filter(predicate, handler), tap)   // the tap sees every datagram
//   with_filter(predicate, with_tap(handler, tap))   // only those that the predicate accepts
//
// Works with packet and batch handlers wherever a handler is accepted; a batch handler is called
// after the tap has seen the batch. `lanes` copies the tap for each lane. A datagram that is
// discarded on stop, or dropped by the coalescing guard, is counted and seen by neither.
template <datagram_handler Handler, packet_tap Tap>
[[nodiscard]] tapped_handler<Handler, Tap> with_tap(Handler handler, Tap tap) {
  return {std::move(handler), std::move(tap)};
}

} // namespace ancillary
