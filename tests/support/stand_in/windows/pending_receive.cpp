#include "pending_receive.hpp"

#include <asio/detail/win_iocp_io_context.hpp>
#include <utility>

namespace ancillary_test {

namespace {

constexpr DWORD operation_aborted = ERROR_OPERATION_ABORTED;
constexpr ULONG_PTR status_success = 0;
constexpr ULONG_PTR status_pending = 0x103;
constexpr ULONG_PTR status_buffer_overflow = 0x80000005; // a truncated datagram
constexpr ULONG_PTR status_cancelled = 0xC0000120;
constexpr ULONG_PTR status_handles_closed = 0x8000000A;

// The completion port code for a status. Row 14: for a closed socket the same code as for a
// cancelled receive, where Wine has ERROR_HANDLES_CLOSED.
DWORD win32_of(ULONG_PTR status) {
  const bool is_end = status == status_cancelled || status == status_handles_closed;
  return is_end ? operation_aborted : static_cast<DWORD>(status);
}

bool brings_a_datagram(ULONG_PTR status) {
  return status == status_success || status == status_buffer_overflow;
}

} // namespace

// Belongs to the wait for the event. If the wait is dropped because the context is destroyed, Asio
// still expects the caller's completion.
struct pending_receive::duty {
  explicit duty(std::shared_ptr<pending_receive> of) : self(std::move(of)) {}
  duty(duty&& other) noexcept : self(std::move(other.self)) {}
  duty(const duty&) = delete;
  ~duty() {
    if (self && !std::exchange(self->is_done_, true)) {
      self->cancel_real();
      ::WaitForSingleObject(self->event_.native_handle(), 1000);
      queue_completion(self->io_, self->overlapped_, operation_aborted, 0);
    }
  }
  // The next wait, if any, has its own duty.
  void operator()(const std::error_code&) { std::exchange(self, nullptr)->on_signal(); }

  std::shared_ptr<pending_receive> self;
};

pending_receive::pending_receive(stand_in& machine, SOCKET socket, WSAMSG* message,
                                 OVERLAPPED* overlapped)
    : machine_(machine),
      io_(*machine.context()),
      socket_(socket),
      message_(message),
      overlapped_(overlapped),
      event_(io_, ::CreateEventA(nullptr, TRUE, FALSE, nullptr)) {
  own_.hEvent = reinterpret_cast<HANDLE>(reinterpret_cast<ULONG_PTR>(event_.native_handle()) | 1);
}

pending_receive::~pending_receive() = default;

DWORD pending_receive::start() {
  if (const DWORD error = begin_real(); error != 0) {
    return error;
  }
  is_done_ = false;
  event_.async_wait(duty(shared_from_this()));
  return 0;
}

DWORD pending_receive::begin_real() {
  own_.Internal = status_pending; // Wine does not change it until the end
  const int result = real_recvmsg(socket_)(socket_, real_.message(), nullptr, &own_, nullptr);
  const DWORD error = result == 0 ? 0 : static_cast<DWORD>(::WSAGetLastError());
  return error == WSA_IO_PENDING || error == WSAEMSGSIZE ? 0 : error;
}

void pending_receive::cancel_real() noexcept {
  ::CancelIoEx(reinterpret_cast<HANDLE>(socket_), &own_);
}

void pending_receive::arrive() {
  machine_.of(socket_).arrive(
      real_.take(static_cast<DWORD>(own_.InternalHigh), own_.Internal == status_buffer_overflow));
}

void pending_receive::hand_over() {
  while (!is_done_ && brings_a_datagram(own_.Internal)) {
    arrive();
    real_.reset();
    ::ResetEvent(event_.native_handle());
    if (begin_real() != 0) {
      ::SetEvent(event_.native_handle()); // the completion reports the error
      return;
    }
  }
}

void pending_receive::on_signal() {
  const ULONG_PTR status = own_.Internal;
  if (status == status_pending) { // the signalled datagram was already taken
    event_.async_wait(duty(shared_from_this()));
    return;
  }
  if (brings_a_datagram(status)) {
    arrive();
  }
  is_done_ = true;
  if (!machine_.of(socket_).has_something()) {
    queue_completion(io_, overlapped_, win32_of(status), 0);
    return;
  }
  const outcome now = fill(machine_, socket_, *message_);
  queue_completion(io_, overlapped_, now.error.completion, static_cast<DWORD>(now.payload_bytes));
}

void queue_completion(asio::io_context& io, OVERLAPPED* overlapped, DWORD code, DWORD bytes) {
  using service = asio::detail::win_iocp_io_context;
  asio::use_service<service>(io).on_completion(
      static_cast<asio::detail::win_iocp_operation*>(overlapped), code, bytes);
}

} // namespace ancillary_test
