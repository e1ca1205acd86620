// Linux: sendmmsg with control messages. The kernel stops at the first datagram that it refuses and
// reports the reason only if that datagram is first in a call.

#include "common/socket_family.hpp"
#include "platform/linux/message.hpp"
#include "platform/linux/segmentation.hpp"
#include "platform/linux/send_call.hpp"
#include "platform/linux/system_calls.hpp"
#include "send/send_driver.hpp"
#include <ancillary/recvmsg/endpoint.hpp>
#include <ancillary/recvmsg/sender.hpp>

#include <algorithm>
#include <array>
#include <asio/error.hpp>
#include <asio/ip/udp.hpp>
#include <cerrno>
#include <new>
#include <sys/socket.h>
#include <utility>

namespace ancillary::detail {

namespace {

constexpr std::size_t messages_in_one_call = 64;
constexpr std::size_t vectors_in_one_call = 2 * max_segments;

std::error_code system_error(int code) noexcept {
  return {code, asio::error::get_system_category()};
}

// Sends a payload datagram by datagram.
std::error_code send_pieces(native_socket socket, const outgoing& from, const sending_socket& by,
                            std::size_t& progress_bytes, send_counter_set& count) noexcept {
  msghdr header{};
  prepared_message storage;
  if (const auto error = prepare(header, storage, from, by, 0)) {
    return error;
  }
  iovec vector{};
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  while (progress_bytes < from.payload.size()) {
    const auto rest = from.payload.subspan(progress_bytes);
    vector = vector_of(rest.first(std::min<std::size_t>(rest.size(), from.segment_bytes)));
    mmsghdr one{header, 0};
    if (send_now(socket, &one, 1, count) < 0) {
      return system_error(errno);
    }
    progress_bytes += vector.iov_len;
  }
  return {};
}

// Whether a reply may be sent without its interface, which no longer exists or is down.
bool may_be_for_interface(const std::error_code& error, const outgoing& of,
                          const reply_rules& rules) noexcept {
  if (error != asio::error::no_such_device && error != asio::error::network_unreachable) {
    return false;
  }
  const ip_family family = family_of(from_asio(of.remote.address()).unmapped());
  return of.is_reply && rules.interface_of(of, family) != 0;
}

bool follows_rules(const outgoing& datagram) noexcept {
  return datagram.is_reply || datagram.by_interface == interface_use::where_needed;
}

class linux_send_driver final : public send_driver {
public:
  linux_send_driver(native_socket socket, bool v6_socket, const sender_options& options)
      : socket_(socket),
        v6_socket_(v6_socket),
        rules_(make_reply_rules(socket)),
        segmentation_(options.segment_offload && has_segmentation(socket)),
        segment_runs_(options.segment_runs && segmentation_) {}

  send_result send(std::span<const outgoing> datagrams, send_counter_set& count) noexcept override {
    send_result result;
    if (!datagrams.empty() && follows_rules(datagrams.front())) {
      rules_.renew(socket_);
    }
    while (result.sent < datagrams.size() && !result.error) {
      const auto rest = datagrams.subspan(result.sent);
      if (rest.front().is_reply && !rules_.is_bound()) [[unlikely]] {
        rules_.bound_to(local_address_of(socket_));
      }
      attempt(rest, result, count);
      if (result.error && may_be_for_interface(result.error, datagrams[result.sent], rules_)) {
        send_without_interface(datagrams[result.sent], result, count);
      }
    }
    return result;
  }

private:
  [[nodiscard]] sending_socket by() const noexcept { return {v6_socket_, rules_}; }

  void attempt(std::span<const outgoing> datagrams, send_result& result,
               send_counter_set& count) noexcept {
    const outgoing& first = datagrams.front();
    if (!is_half_sent(first)) {
      half_sent_ = {}; // the caller gave it up
    }
    if (datagram_count(first) > 1 && (!segmentation_ || is_half_sent(first))) {
      send_cut(first, result, count);
    } else {
      send_some(datagrams, result, count);
    }
  }

  void send_without_interface(const outgoing& datagram, send_result& result,
                              send_counter_set& count) noexcept {
    outgoing without = datagram;
    without.interface_index = 0;
    send_result now;
    attempt({&without, 1}, now, count);
    result.sent += now.sent;
    result.error = now.error;
    count.without_interface.add(now.sent);
  }

  // Sends as many datagrams as fit into one call.
  void send_some(std::span<const outgoing> datagrams, send_result& result,
                 send_counter_set& count) noexcept {
    std::size_t messages = 0;
    std::size_t vectors = 0;
    std::error_code unfit;
    for (std::size_t i = 0; i < datagrams.size() && messages < messages_in_one_call;) {
      const outgoing& first = datagrams[i];
      const bool cut = datagram_count(first) > 1;
      if (cut && !segmentation_) {
        break;
      }
      const std::size_t run = segment_runs_ ? run_length(datagrams.subspan(i)) : 1;
      if (vectors + run > vectors_in_one_call) {
        break;
      }
      msghdr& header = headers_[messages].msg_hdr;
      const auto segment_bytes = run > 1 ? static_cast<std::uint32_t>(first.payload.size())
                                 : cut   ? first.segment_bytes
                                         : 0;
      unfit = prepare(header, storage_[messages], first, by(), segment_bytes);
      if (unfit) {
        break;
      }
      header.msg_iov = &vectors_[vectors];
      header.msg_iovlen = run;
      for (std::size_t in_run = 0; in_run < run; ++in_run) {
        vectors_[vectors++] = vector_of(datagrams[i + in_run].payload);
      }
      runs_[messages++] = run;
      i += run;
    }
    if (messages == 0) {
      result.error = unfit;
      return;
    }
    count.calls.add(1);
    const int sent = send_now(socket_, headers_.data(), static_cast<unsigned>(messages), count);
    if (sent >= 0) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(sent); ++i) {
        result.sent += runs_[i];
      }
      return;
    }
    const int error = errno;
    const outgoing& first = datagrams.front();
    if (may_be_for_segmentation(error) && runs_[0] > 1) {
      // Sends the pieces separately; if the device cannot checksum, also all later payloads.
      count.segments_refused.add(1);
      const std::size_t run = runs_[0];
      segment_runs_ = false;
      send_some(datagrams.first(run), result, count);
      segment_runs_ = error != EIO;
    } else if (may_be_for_segmentation(error) && datagram_count(first) > 1) {
      if (error == EIO) {
        segmentation_ = segment_runs_ = false;
      }
      send_cut(first, result, count);
    } else {
      result.error = system_error(error);
    }
  }

  void send_cut(const outgoing& datagram, send_result& result, send_counter_set& count) noexcept {
    if (!is_half_sent(datagram)) {
      half_sent_ = {datagram.payload, datagram.remote, datagram.segment_bytes};
      progress_bytes_ = 0;
      count.segments_refused.add(1);
    }
    count.calls.add(1);
    result.error = send_pieces(socket_, datagram, by(), progress_bytes_, count);
    if (result.error != asio::error::would_block) {
      half_sent_ = {};
      result.sent += result.error ? 0U : 1U;
    }
  }

  [[nodiscard]] bool is_half_sent(const outgoing& datagram) const noexcept {
    return half_sent_.payload.data() == datagram.payload.data() &&
           half_sent_.payload.size() == datagram.payload.size() &&
           half_sent_.segment_bytes == datagram.segment_bytes &&
           half_sent_.remote == datagram.remote;
  }

  const native_socket socket_;
  const bool v6_socket_;
  reply_rules rules_;
  bool segmentation_;
  bool segment_runs_;
  struct part_sent { // no payload: none
    std::span<const std::byte> payload{};
    asio::ip::udp::endpoint remote{};
    std::uint32_t segment_bytes = 0;
  };
  part_sent half_sent_{};
  std::size_t progress_bytes_ = 0;

  std::array<mmsghdr, messages_in_one_call> headers_{};
  std::array<iovec, vectors_in_one_call> vectors_{};
  std::array<std::size_t, messages_in_one_call> runs_{};
  std::array<prepared_message, messages_in_one_call> storage_;
};

} // namespace

std::unique_ptr<send_driver> make_send_driver(native_socket socket, const sender_options& options,
                                              std::error_code& error) {
  const bool v6_socket = socket_family(socket, error) == ip_family::v6;
  return error ? nullptr : std::make_unique<linux_send_driver>(socket, v6_socket, options);
}

namespace {

// Sends without a driver; `error` is set if the datagram is not sent at once.
void send_alone(native_socket socket, const outgoing& datagram, const sending_socket& by,
                std::size_t& progress_bytes, std::error_code& error) noexcept {
  send_counter_set ignored;
  const bool cut = datagram_count(datagram) > 1;
  if (progress_bytes == 0 && (!cut || has_segmentation(socket))) {
    mmsghdr message{};
    prepared_message storage;
    iovec vector = vector_of(datagram.payload);
    message.msg_hdr.msg_iov = &vector;
    message.msg_hdr.msg_iovlen = 1;
    error = prepare(message.msg_hdr, storage, datagram, by, cut ? datagram.segment_bytes : 0);
    if (error || send_now(socket, &message, 1, ignored) >= 0) {
      return;
    }
    if (!cut || !may_be_for_segmentation(errno)) {
      error = system_error(errno);
      return;
    }
  }
  error = send_pieces(socket, datagram, by, progress_bytes, ignored);
}

} // namespace

void send_one(native_socket socket, const outgoing& datagram, std::size_t& progress_bytes,
              std::error_code& error) noexcept {
  const bool v6_socket = socket_family(socket, error) == ip_family::v6;
  if (error) {
    return;
  }
  try {
    const reply_rules rules = follows_rules(datagram) ? make_reply_rules(socket) : reply_rules{};
    send_alone(socket, datagram, {v6_socket, rules}, progress_bytes, error);
    if (error && may_be_for_interface(error, datagram, rules)) {
      outgoing without = datagram;
      without.interface_index = 0;
      send_alone(socket, without, {v6_socket, rules}, progress_bytes, error);
    }
  } catch (const std::bad_alloc&) {
    error = asio::error::no_memory;
  }
}

} // namespace ancillary::detail
