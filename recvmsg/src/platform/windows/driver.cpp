// Windows: one overlapped WSARecvMsg is pending; when it has completed, non-blocking calls drain
// what else is there, up to the batch; then the next is made pending. While one is pending the
// non-blocking calls get nothing, and after its completion they get the datagrams that follow it:
// order is kept.

#include "../driver.hpp"

#include "../../handler_memory.hpp"
#include "../../window.hpp"
#include "../windows_errors.hpp"
#include "system_calls.hpp"
#include <ancillary/recvmsg/detail/receive_loop.hpp>

#include <algorithm>
#include <asio/error.hpp>
#include <asio/ip/udp.hpp>
#include <asio/windows/overlapped_ptr.hpp>
#include <utility>

namespace ancillary::detail {

// Nothing is kept: a message is cheap to describe and each call takes one.
struct native_batch {};

void native_batch_deleter::operator()(native_batch* batch) const noexcept { delete batch; }

native_batch_ptr make_native_batch(std::size_t) { return native_batch_ptr(new native_batch); }

namespace {

static_assert(sizeof(sockaddr_in6) <= sizeof(asio::ip::udp::endpoint),
              "the system writes source addresses straight into endpoints");

// _WSAIOW(IOC_VENDOR, n); SIO_UDP_CONNRESET and SIO_UDP_NETRESET of mstcpip.h.
constexpr DWORD report_port_unreachable = IOC_IN | IOC_VENDOR | 12;
constexpr DWORD report_hop_limit_exceeded = IOC_IN | IOC_VENDOR | 15;

// WSAMSG.dwFlags after a receive, ws2def.h.
constexpr ULONG flag_truncated = 0x100;
constexpr ULONG flag_control_truncated = 0x200;
constexpr ULONG flag_broadcast = 0x400;
constexpr ULONG flag_multicast = 0x800;

// No receive leaves this count: Wine 8 does not touch it when the payload was cut off.
constexpr DWORD untouched = ~DWORD{0};

std::error_code to_error_code(std::uint32_t code) noexcept {
  return {static_cast<int>(code), asio::error::get_system_category()};
}

// A receive call's arguments. Its fields are in-out, so it is made anew for each call; while a
// receive is pending the system refers to it and to the slot.
struct message {
  WSAMSG header{};
  WSABUF payload{};

  void point_to(slot& to, const window& slots) noexcept {
    payload.buf = reinterpret_cast<CHAR*>(to.payload);
    payload.len = static_cast<ULONG>(slots.payload_capacity());
    header.name = to.remote.data();
    header.namelen = sizeof(sockaddr_in6);
    header.lpBuffers = &payload;
    header.dwBufferCount = 1;
    header.Control.buf = reinterpret_cast<CHAR*>(to.control);
    header.Control.len = static_cast<ULONG>(slots.control_capacity());
    header.dwFlags = 0;
  }

  // After a call that brought a datagram, `truncation` when it ended in WSAEMSGSIZE.
  void take(slot& to, DWORD received, bool truncation, const window& slots) const noexcept {
    const ULONG flags = header.dwFlags;
    const bool control_cut = (flags & flag_control_truncated) != 0;
    // Wine 8 does not say what was cut; a payload is the likelier one, and a control buffer made
    // for the enabled options does not overflow there.
    const bool payload_cut =
        (flags & flag_truncated) != 0 || (truncation && !control_cut) || received == untouched;
    const auto capacity = static_cast<std::uint32_t>(slots.payload_capacity());
    to.payload_bytes = payload_cut ? capacity : std::min<std::uint32_t>(received, capacity);
    // A control buffer that was too short holds nothing.
    to.control_bytes = control_cut ? 0
                                   : std::min(static_cast<std::uint32_t>(header.Control.len),
                                              static_cast<std::uint32_t>(slots.control_capacity()));
    to.flags =
        static_cast<std::uint8_t>((payload_cut ? slot_flag::payload_truncated : 0) |
                                  (control_cut ? slot_flag::control_truncated : 0) |
                                  ((flags & flag_broadcast) != 0 ? slot_flag::broadcast : 0) |
                                  ((flags & flag_multicast) != 0 ? slot_flag::multicast : 0));
  }
};

class windows_driver final : public driver {
public:
  windows_driver(asio::ip::udp::socket& socket, LPFN_WSARECVMSG recvmsg) noexcept
      : socket_(socket), recvmsg_(recvmsg) {}

  layout_id layout() const noexcept override { return layouts::native::id; }

  bool arm(const std::shared_ptr<receive_loop>& loop, window& slots) override {
    if (pending_ == nullptr && (pending_ = slots.take_free()) == nullptr) {
      return false;
    }
    slots_ = &slots;
    message_.point_to(*pending_, slots);
    asio::windows::overlapped_ptr operation(socket_.get_executor(), completion{loop, *this});
    overlapped_ = operation.get();
    const int result =
        recvmsg_(socket_.native_handle(), &message_.header, nullptr, operation.get(), nullptr);
    const auto error = result == 0 ? DWORD{0} : static_cast<DWORD>(::WSAGetLastError());
    // A result at hand is queued as a completion like a later one, and so is one that did not fit.
    if (error == 0 || error == WSA_IO_PENDING || is_truncation(error)) {
      operation.release();
    } else {
      operation.complete(to_error_code(error), 0);
    }
    return true;
  }

  receive_result receive(window& slots) noexcept override {
    receive_result result;
    if (completed_) {
      completed_ = false;
      if (completed_error_ != 0 && !is_truncation(completed_error_)) {
        result.error = error_of(completed_error_);
        return result;
      }
      message_.take(*pending_, completed_bytes_, completed_error_ != 0, slots);
      pending_ = slots.exchange(0, pending_);
      result.count = 1;
    }
    for (; result.count < slots.size(); ++result.count) {
      message now;
      slot& to = slots[result.count];
      now.point_to(to, slots);
      DWORD received = untouched;
      if (recvmsg_(socket_.native_handle(), &now.header, &received, nullptr, nullptr) == 0) {
        now.take(to, received, false, slots);
        continue;
      }
      const auto error = static_cast<std::uint32_t>(::WSAGetLastError());
      if (is_truncation(error)) {
        now.take(to, received, true, slots);
        continue;
      }
      result.exhausted = error == windows_code::wsa_would_block;
      if (!result.exhausted) {
        result.error = error_of(error);
      }
      break;
    }
    return result;
  }

  void cancel() noexcept override {
    if (overlapped_ != nullptr) {
      // Ours alone: the caller's operations on the socket go on.
      const SOCKET handle = socket_.native_handle();
      system.cancel(reinterpret_cast<HANDLE>(handle), overlapped_);
    }
  }

  abandoned_slot abandon() noexcept override {
    abandoned_slot last{std::exchange(pending_, nullptr), std::exchange(completed_, false)};
    if (last.filled && completed_error_ != 0 && !is_truncation(completed_error_)) {
      last.filled = false;
    }
    if (last.filled) {
      message_.take(*last.held, completed_bytes_, completed_error_ != 0, *slots_);
    }
    return last;
  }

private:
  struct completion {
    std::shared_ptr<receive_loop> loop;
    windows_driver& self;

    using allocator_type = handler_allocator<void>;
    allocator_type get_allocator() const noexcept { return allocator_type(self.memory_); }

    void operator()(const std::error_code& error, std::size_t bytes) const {
      self.completed_ = true;
      self.completed_error_ = static_cast<std::uint32_t>(error.value());
      self.completed_bytes_ = static_cast<DWORD>(bytes);
      loop->on_wake();
    }
  };

  static receive_error error_of(std::uint32_t code) noexcept {
    return {windows_condition(code), to_error_code(code), false};
  }

  asio::ip::udp::socket& socket_;
  const LPFN_WSARECVMSG recvmsg_;
  handler_memory memory_;

  slot* pending_ = nullptr; // the system's while armed
  message message_;         // likewise
  window* slots_ = nullptr;
  OVERLAPPED* overlapped_ = nullptr;

  bool completed_ = false; // a receive into pending_ ended and was not reported yet
  std::uint32_t completed_error_ = 0;
  DWORD completed_bytes_ = 0;
};

LPFN_WSARECVMSG find_recvmsg(native_socket socket, std::error_code& error) noexcept {
  if (system.recvmsg != nullptr) {
    return system.recvmsg;
  }
  GUID id = WSAID_WSARECVMSG;
  LPFN_WSARECVMSG found = nullptr;
  DWORD bytes = 0;
  if (system.ioctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &found, sizeof found,
                   &bytes, nullptr, nullptr) != 0) {
    error = to_error_code(static_cast<std::uint32_t>(::WSAGetLastError()));
  }
  return found;
}

// Where the switch is missing, the error comes and is survived.
void keep_icmp_errors_off(native_socket socket) noexcept {
  for (const DWORD code : {report_port_unreachable, report_hop_limit_exceeded}) {
    BOOL report = FALSE;
    DWORD bytes = 0;
    system.ioctl(socket, code, &report, sizeof report, nullptr, 0, &bytes, nullptr, nullptr);
  }
}

} // namespace

std::unique_ptr<driver> make_driver(asio::ip::udp::socket& socket, const receive_options& options,
                                    std::error_code& error) {
  error.clear();
  const LPFN_WSARECVMSG recvmsg = find_recvmsg(socket.native_handle(), error);
  if (error) {
    return nullptr;
  }
  if (!options.icmp_errors) {
    keep_icmp_errors_off(socket.native_handle());
  }
  // Asio notes this and still lets the caller's own synchronous calls block.
  socket.native_non_blocking(true, error);
  if (error) {
    return nullptr;
  }
  return std::make_unique<windows_driver>(socket, recvmsg);
}

} // namespace ancillary::detail
