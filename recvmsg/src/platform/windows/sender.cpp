// Windows: one WSASendMsg per datagram, or per run that leaves as one segmented payload.

#include "common/socket_family.hpp"
#include "platform/windows/header_support.hpp"
#include "platform/windows/interface_address.hpp"
#include "platform/windows/message.hpp"
#include "platform/windows/send_attempt.hpp"
#include "platform/windows/system_calls.hpp"
#include "send/outgoing_control.hpp"
#include "send/reply_rules.hpp"
#include "send/send_driver.hpp"
#include <ancillary/recvmsg/sender.hpp>

#include <algorithm>
#include <array>
#include <asio/error.hpp>
#include <new>
#include <utility>

namespace ancillary::detail {

namespace {

// From ws2ipdef.h and ws2tcpip.h; MinGW's headers lack some of them.
constexpr int udp_level = 17;
constexpr int udp_send_msg_size = 2;

std::error_code system_error(int code) noexcept {
  return {code, asio::error::get_system_category()};
}

// Available since Windows 10 version 2004.
bool has_segmentation(native_socket socket) noexcept {
  DWORD value = 0;
  int size = sizeof value;
  return system.getsockopt(socket, udp_level, udp_send_msg_size, reinterpret_cast<char*>(&value),
                           &size) == 0;
}

bool is_system_refusal(const std::error_code& error) noexcept {
  return error.category() == asio::error::get_system_category() && is_refusal(error.value());
}

// Whether the datagrams of a segmented payload may leave one by one.
bool may_be_for_segments(const std::error_code& error) noexcept {
  return is_system_refusal(error) || error == asio::error::message_size;
}

// Asio's own calls on the socket continue to work: blocking ones wait in select.
void make_non_blocking(native_socket socket, std::error_code& error) noexcept {
  u_long on = 1;
  if (system.ioctlsocket(socket, static_cast<long>(FIONBIO), &on) != 0) {
    error = system_error(::WSAGetLastError());
  }
}

class windows_send_driver final : public send_driver {
public:
  windows_send_driver(native_socket socket, bool v6_socket, const sender_options& options,
                      reply_rules rules)
      : socket_(socket),
        v6_socket_(v6_socket),
        rules_(std::move(rules)),
        segmentation_(options.segment_offload && has_segmentation(socket)),
        segment_runs_(options.segment_runs && segmentation_) {}

  send_result send(std::span<const outgoing> datagrams, send_counter_set& count) noexcept override {
    send_result result;
    if (!datagrams.empty() && (datagrams.front().is_reply ||
                               datagrams.front().by_interface == interface_use::where_needed)) {
      rules_.renew(socket_);
    }
    std::size_t singles = 0; // so many do not leave in a run
    while (result.sent < datagrams.size() && !result.error) {
      const auto rest = datagrams.subspan(result.sent);
      const std::size_t run = segment_runs_ && singles == 0 ? run_length(rest) : 1;
      if (run == 1) {
        result.error = send_one(rest.front(), count);
        result.sent += result.error ? 0U : 1U;
        singles -= singles != 0 ? 1U : 0U;
        continue;
      }
      result.error = send_run(rest.first(run), count);
      if (!result.error) {
        result.sent += run;
      } else if (may_be_for_segments(result.error)) {
        const auto refusal = std::exchange(result.error, send_one(rest.front(), count));
        result.sent += result.error ? 0U : 1U;
        count.segments_refused.add(learn_segments(refusal, result.error) ? 1 : 0);
        singles = run - 1;
      }
    }
    return result;
  }

  // Sends a single datagram, or one payload that is split.
  std::error_code send_one(const outgoing& datagram, send_counter_set& count) noexcept {
    if (datagram_count(datagram) == 1) {
      WSABUF whole = buffer_of(datagram.payload);
      return send_message(datagram, {&whole, 1}, 0, count);
    }
    if (!segmentation_ || progress_bytes != 0) {
      return send_pieces(datagram, count);
    }
    WSABUF whole = buffer_of(datagram.payload);
    const auto refusal = send_message(datagram, {&whole, 1}, datagram.segment_bytes, count);
    if (!may_be_for_segments(refusal)) {
      return refusal;
    }
    const auto error = send_pieces(datagram, count);
    learn_segments(refusal, error);
    return error;
  }

  // Where the next piece of the current payload begins.
  std::size_t progress_bytes = 0;

private:
  std::error_code send_run(std::span<const outgoing> run, send_counter_set& count) noexcept {
    std::transform(run.begin(), run.end(), buffers_.begin(),
                   [](const outgoing& each) { return buffer_of(each.payload); });
    const auto segment_bytes = static_cast<std::uint32_t>(run.front().payload.size());
    return send_message(run.front(), {buffers_.data(), run.size()}, segment_bytes, count);
  }

  // Some machines refuse segments although they have the option (firezone, pull request 11580).
  // They do if the same datagrams leave one by one, with the same packet info. True if so.
  bool learn_segments(const std::error_code& refusal, const std::error_code& one_by_one) noexcept {
    if (one_by_one || !is_system_refusal(refusal) || !kept_pktinfo_) {
      return false;
    }
    segmentation_ = segment_runs_ = false;
    return true;
  }

  std::error_code send_pieces(const outgoing& datagram, send_counter_set& count) noexcept {
    if (half_sent_.data() != datagram.payload.data() ||
        half_sent_.size() != datagram.payload.size() || half_sent_to_ != datagram.remote) {
      progress_bytes = half_sent_.empty() ? progress_bytes : 0;
      half_sent_ = datagram.payload;
      half_sent_to_ = datagram.remote;
    }
    std::error_code error;
    while (progress_bytes < datagram.payload.size() && !error) {
      const auto rest = datagram.payload.subspan(progress_bytes);
      const auto piece = rest.first(std::min<std::size_t>(rest.size(), datagram.segment_bytes));
      WSABUF buffer = buffer_of(piece);
      error = send_message(datagram, {&buffer, 1}, 0, count);
      count.segments_refused.add(progress_bytes == 0 && !error ? 1 : 0);
      progress_bytes += error ? 0 : piece.size();
    }
    if (error != asio::error::would_block) {
      half_sent_ = {};
      progress_bytes = 0;
    }
    return error;
  }

  std::error_code send_message(const outgoing& datagram, std::span<WSABUF> buffers,
                               std::uint32_t segment_bytes, send_counter_set& count) noexcept {
    sockaddr_in6 mapped{};
    WSAMSG message{};
    message.lpBuffers = buffers.data();
    message.dwBufferCount = static_cast<ULONG>(buffers.size());
    ip_family family{};
    if (!address(message, mapped, datagram, v6_socket_, family)) {
      return send_errc::family_mismatch;
    }
    // The system would only return WSAEINVAL.
    if (combined_traffic_class(datagram).ecn() == ecn_codepoint::ce) {
      return send_errc::ecn_refused;
    }
    if (datagram.is_reply) {
      if (!rules_.is_bound()) [[unlikely]] {
        rules_.bound_to(local_address_of(socket_));
      }
      if (rules_.refuses(datagram)) {
        return send_errc::remote_refused;
      }
    }
    return send_with_fallback(message, datagram, family, segment_bytes, count);
  }

  // Omits what a system refuses: first header fields whose support is unknown, then the packet
  // info.
  std::error_code send_with_fallback(WSAMSG& message, const outgoing& datagram, ip_family family,
                                     std::uint32_t segment_bytes,
                                     send_counter_set& count) noexcept {
    send_attempt now{datagram.source, rules_.interface_of(datagram, family)};
    if (now.interface_index != 0 && !now.source) {
      // An interface with a zero address would send from 0.0.0.0.
      now.source = addresses_.find(now.interface_index, family);
      now.use = now.source ? pktinfo_use::full : pktinfo_use::none;
    }
    header_support& known = headers_[family == ip_family::v6 ? 1 : 0];
    known.ask_for(datagram);
    for (;;) {
      now.header = known.first(datagram);
      int error = send_once(message, datagram, now, family, segment_bytes, count);
      while (is_refusal(error) && known.next(now.header, datagram)) {
        error = send_once(message, datagram, now, family, segment_bytes, count);
      }
      if (error == 0) {
        known.learn(now.header, datagram);
        count_omissions(now, datagram, datagrams_in(message, segment_bytes), count);
        kept_pktinfo_ = now.use == pktinfo_use::full;
        return {};
      }
      if (!may_be_for_pktinfo(error, now, segment_bytes != 0) || !give_up_pktinfo(now, datagram)) {
        return system_error(error);
      }
    }
  }

  static std::uint64_t datagrams_in(const WSAMSG& message, std::uint32_t segment_bytes) noexcept {
    std::size_t bytes = 0;
    for (DWORD i = 0; i < message.dwBufferCount; ++i) {
      bytes += message.lpBuffers[i].len;
    }
    return segment_bytes == 0 ? 1 : (bytes + segment_bytes - 1) / segment_bytes;
  }

  int send_once(WSAMSG& message, const outgoing& datagram, const send_attempt& now,
                ip_family family, std::uint32_t segment_bytes, send_counter_set& count) noexcept {
    alignas(WSACMSGHDR) std::array<std::byte, outgoing_control_bytes> storage;
    control_builder<layouts::native> control(storage);
    build_control(control, datagram, now.source, now.interface_index, family, segment_bytes != 0,
                  segment_bytes, now.use, now.header);
    const std::size_t control_bytes = control.bytes().size();
    message.Control.buf = control_bytes != 0 ? reinterpret_cast<CHAR*>(storage.data()) : nullptr;
    message.Control.len = static_cast<ULONG>(control_bytes);
    message.dwFlags = 0;
    DWORD sent = 0;
    count.calls.add(1);
    return system.sendmsg(socket_, &message, 0, &sent, nullptr, nullptr) == 0 ? 0
                                                                              : ::WSAGetLastError();
  }

  const native_socket socket_;
  const bool v6_socket_;
  reply_rules rules_;
  bool segmentation_;
  bool segment_runs_;
  bool kept_pktinfo_ = true;                // the last datagram left with its packet info
  std::array<header_support, 2> headers_{}; // for IPv4 peers, for IPv6 peers
  std::span<const std::byte> half_sent_{};
  asio::ip::udp::endpoint half_sent_to_{};
  interface_address_cache addresses_;
  std::array<WSABUF, max_segments> buffers_{};
};

} // namespace

std::unique_ptr<send_driver> make_send_driver(native_socket socket, const sender_options& options,
                                              std::error_code& error) {
  const bool v6_socket = socket_family(socket, error) == ip_family::v6;
  if (error) {
    return nullptr;
  }
  make_non_blocking(socket, error);
  if (error) {
    return nullptr;
  }
  return std::make_unique<windows_send_driver>(socket, v6_socket, options,
                                               make_reply_rules(socket));
}

void send_one(native_socket socket, const outgoing& datagram, std::size_t& progress_bytes,
              std::error_code& error) noexcept {
  const bool v6_socket = socket_family(socket, error) == ip_family::v6;
  if (!error) {
    make_non_blocking(socket, error);
  }
  if (error) {
    return;
  }
  try {
    const bool needs_rules =
        datagram.is_reply || datagram.by_interface == interface_use::where_needed;
    send_counter_set ignored;
    windows_send_driver driver(socket, v6_socket, {},
                               needs_rules ? make_reply_rules(socket) : reply_rules{});
    driver.progress_bytes = progress_bytes;
    error = driver.send_one(datagram, ignored);
    progress_bytes = driver.progress_bytes;
  } catch (const std::bad_alloc&) {
    error = asio::error::no_memory;
  }
}

} // namespace ancillary::detail
