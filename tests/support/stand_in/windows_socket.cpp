#include "windows_socket.hpp"

#include <algorithm>
#include <utility>

namespace ancillary_test {

namespace {

constexpr int udp_level = 17;

std::size_t copy(std::span<const std::byte> from, std::span<std::byte> to) {
  const std::size_t bytes = std::min(from.size(), to.size());
  std::copy_n(from.begin(), bytes, to.begin());
  return bytes;
}

std::uint32_t cast_flags(const arrival& of) {
  if (!of.facts.destination) {
    return 0;
  }
  const auto destination = of.facts.destination->unmapped();
  const bool is_broadcast =
      destination.is_limited_broadcast() ||
      destination == ancillary::ip_address::v4({127, 255, 255, 255}); // of the loopback network
  return (destination.is_multicast() ? message_flag::multicast : 0) |
         (is_broadcast ? message_flag::broadcast : 0);
}

outcome entry_of(const conditions& now, const network_error& error, std::span<std::byte> payload,
                 std::span<std::byte> control) {
  outcome result;
  result.remote = error.remote;
  result.flags = message_flag::error_queue;
  result.payload_bytes = copy(error.payload, payload);
  result.control_bytes = copy(error.control(now.layout), control);
  return result;
}

} // namespace

std::optional<std::uint32_t> windows_socket::set_option(const conditions& now,
                                                        const socket_facts& facts,
                                                        const option_call& call) {
  const auto answer = answer_to_set(now, facts, call);
  if (!answer || *answer != 0) {
    return answer;
  }
  values_[{call.level, call.name}] = call.value;
  if (call.level == udp_level) {
    max_coalesced_bytes_ =
        call.value == 0 && !now.obeys_end_of_coalescing ? max_coalesced_bytes_ : call.value;
  } else if (call.value != 0) {
    on_.options.insert({call.level, call.name});
  } else {
    on_.options.erase({call.level, call.name});
  }
  return 0;
}

std::optional<told_option> windows_socket::get_option(const conditions& now,
                                                      const socket_facts& facts,
                                                      option_call call) const {
  const auto set = values_.find({call.level, call.name});
  call.value = set == values_.end() ? 0 : set->second;
  return answer_to_get(now, facts, call);
}

std::uint32_t windows_socket::switch_timestamps(const conditions& now) {
  const std::uint32_t answer = answer_to_timestamping(now.profile);
  on_.timestamps = on_.timestamps || answer == 0;
  return answer;
}

std::uint32_t windows_socket::switch_icmp_error(const conditions& now, receive_failure which,
                                                bool report) {
  if (!now.has_icmp_switches) {
    return winsock::not_supported;
  }
  (which.direct == port_unreachable.direct ? reports_port_unreachable_
                                           : reports_hop_limit_exceeded_) = report;
  return 0;
}

void windows_socket::icmp(receive_failure which) {
  if (which.direct == port_unreachable.direct ? reports_port_unreachable_
                                              : reports_hop_limit_exceeded_) {
    fail(which);
  }
}

// Datagrams of one sender and one size form one buffer; the last may be shorter.
arrival windows_socket::take_coalesced(const conditions& now,
                                       std::optional<std::uint32_t>& segment_bytes) {
  arrival first = std::get<arrival>(std::move(waiting_.front()));
  waiting_.pop_front();
  const std::size_t segment = first.payload.size();
  bool is_open = coalesces() && segment != 0 && !first.is_cut;
  while (is_open && !waiting_.empty()) {
    const arrival* const next = std::get_if<arrival>(&waiting_.front());
    if (next == nullptr || next->remote != first.remote || next->payload.empty() ||
        next->payload.size() > segment ||
        first.payload.size() + next->payload.size() > max_coalesced_bytes_) {
      break;
    }
    is_open = next->payload.size() == segment;
    first.payload.insert(first.payload.end(), next->payload.begin(), next->payload.end());
    waiting_.pop_front();
  }
  if (first.payload.size() != segment && now.marks_coalesced) {
    segment_bytes = static_cast<std::uint32_t>(segment);
  }
  return first;
}

std::vector<std::byte> network_error::control(ancillary::layout_id layout) const {
  constexpr std::uint32_t receive_errors = 75; // IP_RECVERR, IPV6_RECVERR
  constexpr std::uint64_t data_bytes = 12;
  const std::size_t word = ancillary::word_bytes(layout);
  std::vector<std::byte> bytes;
  const auto put = [&](std::uint64_t value, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
    }
  };
  put(word + 8 + data_bytes, word);
  put(protocol == 1 ? 0 : 41, 4);
  put(receive_errors, 4);
  put(protocol, 4);
  put(info, 4);
  put(type, 1);
  put(code, 1);
  put(0, 2);
  return bytes;
}

void windows_socket::report(const conditions& now, const network_error& error) {
  switch (now.errors) {
  case error_queue_form::inline_entries:
    waiting_.emplace_back(error);
    break;
  case error_queue_form::queued:
  case error_queue_form::queued_then_errors:
    errors_.push_back(error);
    break;
  case error_queue_form::queued_beside_errors:
    errors_.push_back(error);
    icmp(error.failure);
    break;
  default:
    icmp(error.failure);
  }
}

outcome windows_socket::take_error(const conditions& now, std::span<std::byte> payload,
                                   std::span<std::byte> control) {
  ++asked_for_errors;
  outcome result;
  if (now.errors == error_queue_form::flag_ignored) {
    return take(now, payload, control);
  }
  if (now.errors != error_queue_form::queued &&
      now.errors != error_queue_form::queued_beside_errors &&
      now.errors != error_queue_form::queued_then_errors) {
    result.error = {winsock::not_supported, winsock::not_supported};
  } else if (errors_.empty()) {
    result.error = {winsock::would_block, winsock::would_block};
  } else {
    result = entry_of(now, errors_.front(), payload, control);
    if (now.errors == error_queue_form::queued_then_errors) {
      icmp(errors_.front().failure);
    }
    errors_.pop_front();
  }
  return result;
}

outcome windows_socket::take(const conditions& now, std::span<std::byte> payload,
                             std::span<std::byte> control) {
  outcome result;
  if (waiting_.empty()) {
    result.error = {winsock::would_block, winsock::would_block};
    return result;
  }
  if (const auto* const failure = std::get_if<receive_failure>(&waiting_.front())) {
    result.error = *failure;
    waiting_.pop_front();
    return result;
  }
  if (const auto* const error = std::get_if<network_error>(&waiting_.front())) {
    result = entry_of(now, *error, payload, control);
    waiting_.pop_front();
    return result;
  }
  std::optional<std::uint32_t> segment_bytes;
  const arrival from = take_coalesced(now, segment_bytes);
  const auto messages = control_messages(now, on_, from, segment_bytes);
  result.remote = from.remote;
  result.flags = cast_flags(from);
  result.payload_bytes = copy(from.payload, payload);
  if (from.is_cut || result.payload_bytes < from.payload.size()) {
    result.flags |= message_flag::truncated;
  }
  // A control buffer that is too small receives nothing.
  if (messages.size() > control.size()) {
    result.flags |= message_flag::control_truncated;
  } else if ((result.flags & message_flag::truncated) != 0 &&
             now.control_length_when_truncated != left_length::used_bytes) {
    const bool is_zero = now.control_length_when_truncated == left_length::zero;
    result.control_bytes = is_zero ? 0 : control.size(); // row 11; nothing is written
  } else {
    result.control_bytes = copy(messages, control);
  }
  if ((result.flags & (message_flag::truncated | message_flag::control_truncated)) != 0) {
    result.error = {winsock::message_size, now.truncation_completion};
  }
  return result;
}

} // namespace ancillary_test
