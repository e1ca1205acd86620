#include "pending_receive.hpp"

#include <asio/detail/win_iocp_io_context.hpp>
#include <utility>

namespace ancillary_test {

namespace {

constexpr DWORD operation_aborted = ERROR_OPERATION_ABORTED;
constexpr DWORD handles_closed = 676; // ERROR_HANDLES_CLOSED
constexpr ULONG_PTR status_success = 0;
constexpr ULONG_PTR status_buffer_overflow = 0x80000005; // a datagram, and it was cut
constexpr ULONG_PTR status_cancelled = 0xC0000120;
constexpr ULONG_PTR status_handles_closed = 0x8000000A;

// What a completion port says for it.
DWORD win32_of(ULONG_PTR status) {
  switch (status) {
  case status_cancelled:
    return operation_aborted;
  case status_handles_closed:
    return handles_closed;
  default:
    return static_cast<DWORD>(status);
  }
}

} // namespace

// Goes with the wait for the event. When that is given up because the context ends, Asio still
// expects the caller's completion.
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
  void operator()(const std::error_code&) const { self->on_signal(); }

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
  const int result = real_recvmsg(socket_)(socket_, real_.message(), nullptr, &own_, nullptr);
  const DWORD error = result == 0 ? 0 : static_cast<DWORD>(::WSAGetLastError());
  if (error != 0 && error != WSA_IO_PENDING && error != WSAEMSGSIZE) {
    return error;
  }
  is_done_ = false;
  event_.async_wait(duty(shared_from_this()));
  return 0;
}

void pending_receive::cancel_real() noexcept {
  ::CancelIoEx(reinterpret_cast<HANDLE>(socket_), &own_);
}

void pending_receive::on_signal() {
  const ULONG_PTR status = own_.Internal;
  if (status == status_success || status == status_buffer_overflow) {
    machine_.of(socket_).arrive(
        real_.take(static_cast<DWORD>(own_.InternalHigh), status == status_buffer_overflow));
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
