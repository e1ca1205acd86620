#include "platform/windows/error_queue.hpp"

#include "common/error_condition.hpp"
#include "platform/windows_errors.hpp"
#include <ancillary/decoders/metadata_view.hpp>
#include <ancillary/decoders/transport_error.hpp>

#include <algorithm>
#include <utility>

namespace ancillary::detail {

namespace {

// ws2def.h; MinGW's headers lack it.
constexpr ULONG flag_error_queue = 0x1000;

// The code of a receive that fails for this condition.
DWORD code_of(receive_condition condition) noexcept {
  switch (condition) {
  case receive_condition::port_unreachable:
    return WSAECONNRESET;
  case receive_condition::host_unreachable:
    return WSAEHOSTUNREACH;
  case receive_condition::hop_limit_exceeded:
    return WSAENETRESET;
  case receive_condition::message_too_long:
    return WSAEMSGSIZE;
  default:
    return WSAEOPNOTSUPP;
  }
}

bool is_icmp(receive_condition condition) noexcept {
  return condition == receive_condition::port_unreachable ||
         condition == receive_condition::host_unreachable ||
         condition == receive_condition::hop_limit_exceeded;
}

bool is_refusal(std::uint32_t code) noexcept {
  return code == WSAEOPNOTSUPP || code == WSAEINVAL || code == WSAENOPROTOOPT || code == WSAEFAULT;
}

} // namespace

error_queue::error_queue(bool granted)
    : entry_(granted ? std::make_unique<queued_error>() : nullptr) {}

receive_error error_queue::error_for(const transport_error& cause, const slot& from) noexcept {
  const auto quoted = from.payload_span();
  const std::size_t bytes = std::min(quoted.size(), entry_->payload.size());
  std::copy_n(quoted.begin(), bytes, entry_->payload.begin());
  error_detail& detail = entry_->detail;
  detail.remote = from.remote;
  detail.cause = cause;
  detail.source.reset();
  if (cause.origin == error_origin::icmp || cause.origin == error_origin::icmpv6) {
    detail.source = metadata_view(layouts::native{}, from.control_span()).destination();
  }
  detail.payload = std::span(entry_->payload).first(bytes);
  receive_error error = error_of(code_of(icmp_condition(cause)));
  error.condition = icmp_condition(cause);
  error.detail = &detail;
  return error;
}

receive_error error_queue::take(const message& received, const slot& from) noexcept {
  const auto cause = decode_transport_error(layouts::native{}, from.control_span());
  if (!cause && (received.header.dwFlags & flag_error_queue) == 0) {
    return {};
  }
  return error_for(cause.value_or(transport_error{}), from);
}

void error_queue::ask(native_socket socket, LPFN_WSARECVMSG recvmsg, window& slots,
                      receive_result& result) noexcept {
  const receive_condition failure = result.error.condition;
  const bool has_error = failure != receive_condition::none;
  if (unreported_ != 0) { // while one waits, no other is asked for
    if (!has_error) {
      result.error = error_of(std::exchange(unreported_, 0U));
      result.exhausted = false;
    }
    return;
  }
  if (!needs_slot() || (has_error && !is_icmp(failure)) || result.count == slots.size()) {
    return;
  }
  if (!has_error && result.exhausted) {
    told_ = {}; // the receives that would have failed for them did not
  }
  message now;
  slot& to = slots[result.count];
  to.remote = {};
  now.point_to(to, slots);
  now.header.dwFlags = flag_error_queue;
  DWORD bytes = message::untouched;
  const bool failed = recvmsg(socket, &now.header, &bytes, nullptr, nullptr) != 0;
  const auto code = failed ? static_cast<std::uint32_t>(::WSAGetLastError()) : 0U;
  if (!failed || is_truncation(code)) {
    now.take(to, bytes, failed, slots);
    take_answer(to, result);
  } else if (code == windows_code::wsa_would_block && has_error && told(failure) != 0) {
    --told(failure); // its entry was taken before
    result.error = {};
    result.exhausted = false;
  } else if (is_icmp(windows_condition(code))) { // of an ordinary receive: the flag was ignored
    if (has_error) {
      unreported_ = code;
    } else {
      result.error = error_of(code);
    }
    result.exhausted = false;
  } else if (is_refusal(code)) {
    takes_flag_ = false;
  }
}

// The system may leave dwFlags as it was given, so only the message proves an entry.
void error_queue::take_answer(slot& to, receive_result& result) noexcept {
  result.exhausted = false;
  const auto cause = decode_transport_error(layouts::native{}, to.control_span());
  if (!cause) {
    takes_flag_ = false; // the system ignored it, and this is a datagram
    ++result.count;
    return;
  }
  const receive_condition failure = result.error.condition;
  result.error = error_for(*cause, to);
  if (failure == receive_condition::none) {
    ++told(result.error.condition);
  } else if (told(failure) != 0) { // the receive failed for an earlier entry, not for this one
    --told(failure);
    ++told(result.error.condition);
  }
}

} // namespace ancillary::detail
