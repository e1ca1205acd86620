#include "send/send_driver.hpp"
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/sender.hpp>

#include <asio/error.hpp>
#include <cstring>
#include <string>
#include <utility>

namespace ancillary {

namespace {

class send_category_type final : public std::error_category {
public:
  const char* name() const noexcept override { return "ancillary.send"; }
  std::string message(int code) const override {
    switch (static_cast<send_errc>(code)) {
    case send_errc::family_mismatch:
      return "the remote or the source address does not match the socket's address family";
    case send_errc::ecn_refused:
      return "Windows refuses to send ECN \"congestion experienced\" (CE)";
    case send_errc::remote_refused:
      return "the remote of a reply is unspecified, multicast, broadcast or an own "
             "address and port";
    }
    return "unknown";
  }
};

} // namespace

const std::error_category& send_category() noexcept {
  static const send_category_type category;
  return category;
}

std::error_code make_error_code(send_errc error) noexcept {
  return {static_cast<int>(error), send_category()};
}

namespace detail {

struct sender_parts {
  std::unique_ptr<send_driver> driver;
  send_counter_set count;
};

void send_counter_set::sent(std::span<const outgoing> gone) noexcept {
  std::uint64_t count = 0;
  std::uint64_t payload_bytes = 0;
  for (const outgoing& each : gone) {
    count += datagram_count(each);
    payload_bytes += each.payload.size();
  }
  datagrams.add(count);
  bytes.add(payload_bytes);
}

send_counters send_counter_set::snapshot() const noexcept {
  send_counters now;
  now.datagrams = datagrams.value();
  now.bytes = bytes.value();
  now.calls = calls.value();
  now.send_buffer_full = send_buffer_full.value();
  now.errors = errors.value();
  now.dropped = dropped.value();
  now.refused = refused.value();
  now.without_interface = without_interface.value();
  now.without_source = without_source.value();
  now.without_traffic_class = without_traffic_class.value();
  now.without_hop_limit = without_hop_limit.value();
  now.source_unknown = source_unknown.value();
  now.segments_refused = segments_refused.value();
  now.earlier_errors = earlier_errors.value();
  return now;
}

bool same_header(const outgoing& a, const outgoing& b) noexcept {
  return a.remote.size() == b.remote.size() &&
         std::memcmp(a.remote.data(), b.remote.data(), a.remote.size()) == 0 &&
         a.source == b.source && a.interface_index == b.interface_index &&
         a.by_interface == b.by_interface && a.is_reply == b.is_reply &&
         a.hop_limit == b.hop_limit && a.traffic_class == b.traffic_class && a.ecn == b.ecn;
}

std::size_t run_length(std::span<const outgoing> datagrams) noexcept {
  const outgoing& first = datagrams.front();
  const std::size_t segment_bytes = first.payload.size();
  if (segment_bytes == 0 || first.segment_bytes != 0) {
    return 1;
  }
  std::size_t bytes = segment_bytes;
  std::size_t length = 1;
  for (; length < datagrams.size() && length < max_segments; ++length) {
    const outgoing& next = datagrams[length];
    const std::size_t next_bytes = next.payload.size();
    bytes += next_bytes;
    if (next_bytes == 0 || next_bytes > segment_bytes || bytes > max_segmented_bytes ||
        next.segment_bytes != 0 || !same_header(first, next)) {
      break;
    }
    if (next_bytes < segment_bytes) {
      return length + 1;
    }
  }
  return length;
}

} // namespace detail

sender::sender(native_handle_type socket, const sender_options& options) {
  std::error_code error;
  *this = sender(socket, options, error);
  if (error) {
    throw described_error(error, "sender set-up");
  }
}

sender::sender(native_handle_type socket, const sender_options& options, std::error_code& error)
    : parts_(std::make_unique<detail::sender_parts>()) {
  parts_->driver = detail::make_send_driver(socket, options, error);
}

sender::sender(sender&&) noexcept = default;
sender& sender::operator=(sender&&) noexcept = default;
sender::~sender() = default;

std::size_t sender::send(std::span<const outgoing> datagrams, std::error_code& error) noexcept {
  detail::send_counter_set& count = parts_->count;
  std::size_t sent = 0;
  error.clear();
  if (!parts_->driver) { // the set-up failed
    error = asio::error::bad_descriptor;
  }
  while (sent < datagrams.size() && !error) {
    const detail::send_result result = parts_->driver->send(datagrams.subspan(sent), count);
    sent += result.sent;
    error = result.error;
  }
  count.sent(datagrams.first(sent));
  if (error == asio::error::would_block) {
    count.send_buffer_full.add(1);
  } else if (error == send_errc::remote_refused) {
    count.refused.add(1);
  } else if (error) {
    count.errors.add(1);
  }
  return sent;
}

send_counters sender::counters() const noexcept { return parts_->count.snapshot(); }

} // namespace ancillary
