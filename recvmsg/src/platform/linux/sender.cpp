// Linux: sendmmsg with control messages. The kernel stops at the first datagram that it refuses and
// tells why only when that one is first in a call.

#include "common/socket_family.hpp"
#include "platform/linux/send_call.hpp"
#include "platform/linux/system_calls.hpp"
#include "send/outgoing_control.hpp"
#include "send/send_driver.hpp"
#include <ancillary/recvmsg/sender.hpp>

#include <algorithm>
#include <array>
#include <asio/error.hpp>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <utility>

namespace ancillary::detail {

namespace {

using native_builder = control_builder<layouts::native>;

constexpr std::size_t messages_in_one_call = 64;
constexpr std::size_t vectors_in_one_call = 2 * max_segments;

// From linux/udp.h.
constexpr int udp_level = 17;
constexpr int udp_segment = 103;

std::error_code system_error(int code) noexcept {
  return {code, asio::error::get_system_category()};
}

// One message for sendmmsg; `header` points into it and into the caller's bytes.
struct prepared_message {
  sockaddr_in6 mapped; // the remote in the socket's family, where it has to be made
  alignas(cmsghdr) std::array<std::byte, outgoing_control_bytes> control;
};

// False when the families do not go together.
bool address(msghdr& header, prepared_message& storage, const outgoing& from, bool v6_socket,
             ip_family& family) noexcept {
  const auto* const remote = reinterpret_cast<const sockaddr*>(from.remote.data());
  header.msg_name = const_cast<sockaddr*>(remote); // sendmsg does not write it
  header.msg_namelen = static_cast<socklen_t>(from.remote.size());
  if (remote->sa_family == AF_INET) {
    family = ip_family::v4;
    if (v6_socket) {
      const auto* const v4 = reinterpret_cast<const sockaddr_in*>(remote);
      storage.mapped = {};
      storage.mapped.sin6_family = AF_INET6;
      storage.mapped.sin6_port = v4->sin_port;
      storage.mapped.sin6_addr.s6_addr[10] = storage.mapped.sin6_addr.s6_addr[11] = 0xff;
      std::memcpy(&storage.mapped.sin6_addr.s6_addr[12], &v4->sin_addr, sizeof v4->sin_addr);
      header.msg_name = &storage.mapped;
      header.msg_namelen = sizeof storage.mapped;
    }
  } else {
    const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(remote);
    family = IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) ? ip_family::v4 : ip_family::v6;
    if (!v6_socket) {
      return false;
    }
  }
  return !from.source || family_of(*from.source) == family;
}

bool prepare(msghdr& header, prepared_message& storage, const outgoing& from, bool v6_socket,
             bool segmented, std::uint32_t segment_bytes) noexcept {
  ip_family family{};
  if (!address(header, storage, from, v6_socket, family)) {
    return false;
  }
  native_builder control(storage.control);
  build_control(control, from, from.source, family, segmented, segment_bytes);
  const std::size_t control_bytes = control.bytes().size();
  header.msg_control = control_bytes != 0 ? storage.control.data() : nullptr;
  header.msg_controllen = control_bytes;
  header.msg_flags = 0;
  return true;
}

iovec vector_of(std::span<const std::byte> bytes) noexcept {
  return {const_cast<std::byte*>(bytes.data()), bytes.size()}; // sendmsg does not write them
}

// Kernels before 4.18 ignore the message and send one large datagram.
bool has_segmentation(native_socket socket) noexcept {
  int value = 0;
  socklen_t size = sizeof value;
  return system.getsockopt(socket, udp_level, udp_segment, &value, &size) == 0;
}

// Sends a payload datagram by datagram.
std::error_code send_pieces(native_socket socket, const outgoing& from, bool v6_socket,
                            std::size_t& progress_bytes, send_counter_set& count) noexcept {
  msghdr header{};
  prepared_message storage;
  if (!prepare(header, storage, from, v6_socket, false, 0)) {
    return send_errc::family_mismatch;
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

class linux_send_driver final : public send_driver {
public:
  linux_send_driver(native_socket socket, bool v6_socket, bool segment_runs) noexcept
      : socket_(socket),
        v6_socket_(v6_socket),
        segmentation_(has_segmentation(socket)),
        segment_runs_(segment_runs && segmentation_) {}

  send_result send(std::span<const outgoing> datagrams, send_counter_set& count) noexcept override {
    send_result result;
    while (result.sent < datagrams.size() && !result.error) {
      const auto rest = datagrams.subspan(result.sent);
      const outgoing& first = rest.front();
      if (datagram_count(first) > 1 && (!segmentation_ || is_half_sent(first))) {
        send_cut(first, result, count);
      } else {
        send_some(rest, result, count);
      }
    }
    return result;
  }

private:
  // As many as fit into one call.
  void send_some(std::span<const outgoing> datagrams, send_result& result,
                 send_counter_set& count) noexcept {
    std::size_t messages = 0;
    std::size_t vectors = 0;
    bool mismatch = false;
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
      const auto segment_bytes =
          run > 1 ? static_cast<std::uint32_t>(first.payload.size()) : first.segment_bytes;
      if (!prepare(header, storage_[messages], first, v6_socket_, cut || run > 1, segment_bytes)) {
        mismatch = true;
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
      if (mismatch) {
        result.error = send_errc::family_mismatch;
      }
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
      // One by one; without a device that can checksum also all later ones.
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
      half_sent_ = datagram.payload;
      progress_bytes_ = 0;
      count.segments_refused.add(1);
    }
    count.calls.add(1);
    result.error = send_pieces(socket_, datagram, v6_socket_, progress_bytes_, count);
    if (result.error != asio::error::would_block) {
      half_sent_ = {};
      result.sent += result.error ? 0U : 1U;
    }
  }

  [[nodiscard]] bool is_half_sent(const outgoing& datagram) const noexcept {
    return !half_sent_.empty() && half_sent_.data() == datagram.payload.data() &&
           half_sent_.size() == datagram.payload.size();
  }

  const native_socket socket_;
  const bool v6_socket_;
  bool segmentation_;
  bool segment_runs_;
  std::span<const std::byte> half_sent_{};
  std::size_t progress_bytes_ = 0;

  std::array<mmsghdr, messages_in_one_call> headers_{};
  std::array<iovec, vectors_in_one_call> vectors_{};
  std::array<std::size_t, messages_in_one_call> runs_{};
  std::array<prepared_message, messages_in_one_call> storage_;
};

} // namespace

std::unique_ptr<send_driver> make_send_driver(native_socket socket, bool segment_runs,
                                              std::error_code& error) {
  const bool v6_socket = socket_family(socket, error) == ip_family::v6;
  return error ? nullptr : std::make_unique<linux_send_driver>(socket, v6_socket, segment_runs);
}

void send_one(native_socket socket, const outgoing& datagram, std::size_t& progress_bytes,
              std::error_code& error) noexcept {
  const bool v6_socket = socket_family(socket, error) == ip_family::v6;
  if (error) {
    return;
  }
  send_counter_set ignored;
  const bool cut = datagram_count(datagram) > 1;
  if (progress_bytes == 0 && (!cut || has_segmentation(socket))) {
    mmsghdr message{};
    prepared_message storage;
    iovec vector = vector_of(datagram.payload);
    message.msg_hdr.msg_iov = &vector;
    message.msg_hdr.msg_iovlen = 1;
    if (!prepare(message.msg_hdr, storage, datagram, v6_socket, cut, datagram.segment_bytes)) {
      error = send_errc::family_mismatch;
      return;
    }
    if (send_now(socket, &message, 1, ignored) >= 0) {
      return;
    }
    if (!cut || !may_be_for_segmentation(errno)) {
      error = system_error(errno);
      return;
    }
  }
  error = send_pieces(socket, datagram, v6_socket, progress_bytes, ignored);
}

} // namespace ancillary::detail
