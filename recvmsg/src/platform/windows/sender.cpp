// Windows: one WSASendMsg per datagram, or per run that leaves as one segmented payload.

#include "common/socket_family.hpp"
#include "platform/windows/header_support.hpp"
#include "platform/windows/interface_address.hpp"
#include "platform/windows/message.hpp"
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

// Whether the system refused something in the control data.
bool is_refusal(int error) noexcept {
  return error == WSAEINVAL || error == WSAENOPROTOOPT || error == WSAEOPNOTSUPP;
}

bool is_refusal(const std::error_code& error) noexcept {
  return error.category() == asio::error::get_system_category() && is_refusal(error.value());
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
    while (result.sent < datagrams.size() && !result.error) {
      const auto rest = datagrams.subspan(result.sent);
      const std::size_t run = segment_runs_ ? run_length(rest) : 1;
      if (run > 1) {
        for (std::size_t i = 0; i < run; ++i) {
          buffers_[i] = buffer_of(rest[i].payload);
        }
        const auto segment_bytes = static_cast<std::uint32_t>(rest.front().payload.size());
        result.error = send_message(rest.front(), {buffers_.data(), run}, segment_bytes, count);
        if (!result.error) {
          result.sent += run;
        } else if (result.error != asio::error::would_block) {
          // Sends separately from now on; that also shows whether segmentation was the reason.
          segment_runs_ = false;
          segmentation_ = segmentation_ && !is_refusal(result.error);
          count.segments_refused.add(1);
          result.error.clear();
        }
      } else {
        result.error = send_one(rest.front(), count);
        result.sent += result.error ? 0U : 1U;
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
    if (segmentation_ && progress_bytes == 0) {
      WSABUF whole = buffer_of(datagram.payload);
      const auto error = send_message(datagram, {&whole, 1}, datagram.segment_bytes, count);
      if (!error || error == asio::error::would_block) {
        return error;
      }
      if (is_refusal(error)) {
        // Some machines refuse the message although they have the option (firezone, pull request
        // 11580).
        segmentation_ = segment_runs_ = false;
      }
    }
    return send_pieces(datagram, count);
  }

  // Where the next piece of the current payload begins.
  std::size_t progress_bytes = 0;

private:
  std::error_code send_pieces(const outgoing& datagram, send_counter_set& count) noexcept {
    if (half_sent_.data() != datagram.payload.data() ||
        half_sent_.size() != datagram.payload.size()) {
      progress_bytes = half_sent_.empty() ? progress_bytes : 0;
      half_sent_ = datagram.payload;
      count.segments_refused.add(1);
    }
    std::error_code error;
    while (progress_bytes < datagram.payload.size() && !error) {
      const auto rest = datagram.payload.subspan(progress_bytes);
      const auto piece = rest.first(std::min<std::size_t>(rest.size(), datagram.segment_bytes));
      WSABUF buffer = buffer_of(piece);
      error = send_message(datagram, {&buffer, 1}, 0, count);
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
    attempt now{datagram.source, rules_.interface_of(datagram, family), pktinfo_use::full, {}};
    if (now.interface_index != 0 && !now.source) {
      // An interface with a zero address would send from 0.0.0.0.
      now.source = addresses_.find(now.interface_index, family);
      now.use = now.source ? pktinfo_use::full : pktinfo_use::none;
    }
    if (datagram.traffic_class && !std::exchange(asked_for_octet_, true) && !takes_octet()) {
      headers_[0].refuse_octet();
      headers_[1].refuse_octet();
    }
    header_support& known = headers_[family == ip_family::v6 ? 1 : 0];
    for (;;) {
      now.header = known.first(datagram);
      int error = send_once(message, datagram, now, family, segment_bytes, count);
      while (is_refusal(error) && known.next(now.header, datagram)) {
        error = send_once(message, datagram, now, family, segment_bytes, count);
      }
      if (error == 0) {
        note(now, datagram, known, count);
        return {};
      }
      const bool for_pktinfo = error == WSAEINVAL || may_be_for_interface(error, now);
      if (!for_pktinfo || segment_bytes != 0 || !give_up_pktinfo(now, datagram)) {
        return system_error(error);
      }
    }
  }

  struct attempt {
    std::optional<ip_address> source;
    std::uint32_t interface_index;
    pktinfo_use use;
    header_use header;
  };

  // Possible errors for an interface that no longer exists or is down; none is documented.
  static bool may_be_for_interface(int error, const attempt& now) noexcept {
    return now.use == pktinfo_use::full && now.interface_index != 0 &&
           (error == WSAENETUNREACH || error == WSAEHOSTUNREACH || error == WSAEADDRNOTAVAIL ||
            error == WSAENETDOWN);
  }

  // Refusals of valid packet info have been reported, cause unknown (Sunshine, issue 5443): a reply
  // from another address is better than none.
  static bool give_up_pktinfo(attempt& now, const outgoing& datagram) noexcept {
    if (now.use == pktinfo_use::none || !now.source) {
      return false;
    }
    const bool by_interface = now.use == pktinfo_use::full && now.interface_index != 0;
    now.use = by_interface && datagram.source ? pktinfo_use::without_interface : pktinfo_use::none;
    return true;
  }

  static void note(const attempt& sent, const outgoing& datagram, header_support& known,
                   send_counter_set& count) noexcept {
    known.learn(sent.header, datagram);
    const traffic_class wanted = combined_traffic_class(datagram);
    const class_use use = sent.header.traffic_class;
    const bool lacks_dscp = use != class_use::octet && datagram.traffic_class && wanted.dscp() != 0;
    const bool lacks_ecn = use == class_use::none && wanted.ecn() != ecn_codepoint::not_ect;
    const bool by_interface = sent.interface_index != 0;
    count.without_traffic_class.add(lacks_dscp || lacks_ecn ? 1 : 0);
    count.without_hop_limit.add(datagram.hop_limit && !sent.header.hop_limit ? 1 : 0);
    count.without_interface.add(by_interface && sent.use != pktinfo_use::full ? 1 : 0);
    count.without_source.add(datagram.source && sent.use == pktinfo_use::none ? 1 : 0);
  }

  int send_once(WSAMSG& message, const outgoing& datagram, const attempt& now, ip_family family,
                std::uint32_t segment_bytes, send_counter_set& count) noexcept {
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
  bool asked_for_octet_ = false;
  std::array<header_support, 2> headers_{}; // for IPv4 peers, for IPv6 peers
  std::span<const std::byte> half_sent_{};
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
  // Asio's own calls on the socket continue to work: blocking ones wait in select.
  u_long on = 1;
  if (system.ioctlsocket(socket, static_cast<long>(FIONBIO), &on) != 0) {
    error = system_error(::WSAGetLastError());
    return nullptr;
  }
  return std::make_unique<windows_send_driver>(socket, v6_socket, options,
                                               make_reply_rules(socket));
}

void send_one(native_socket socket, const outgoing& datagram, std::size_t& progress_bytes,
              std::error_code& error) noexcept {
  const bool v6_socket = socket_family(socket, error) == ip_family::v6;
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
