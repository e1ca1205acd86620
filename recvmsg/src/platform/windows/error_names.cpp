// Windows: WSA codes of direct calls, Win32 codes of completion ports, and the NTSTATUS values that
// some layers pass through.

#include "common/error_names.hpp"

#include "platform/windows_errors.hpp"

#include <winsock2.h>

namespace ancillary::detail {

#define NAMED(code)                                                                                \
  case code:                                                                                       \
    return #code

namespace {

std::string_view winsock_name(int code) noexcept {
  switch (code) {
    NAMED(WSAEINTR);
    NAMED(WSAEBADF);
    NAMED(WSAEACCES);
    NAMED(WSAEFAULT);
    NAMED(WSAEINVAL);
    NAMED(WSAEMFILE);
    NAMED(WSAEWOULDBLOCK);
    NAMED(WSAEINPROGRESS);
    NAMED(WSAEALREADY);
    NAMED(WSAENOTSOCK);
    NAMED(WSAEDESTADDRREQ);
    NAMED(WSAEMSGSIZE);
    NAMED(WSAEPROTOTYPE);
    NAMED(WSAENOPROTOOPT);
    NAMED(WSAEPROTONOSUPPORT);
    NAMED(WSAESOCKTNOSUPPORT);
    NAMED(WSAEOPNOTSUPP);
    NAMED(WSAEPFNOSUPPORT);
    NAMED(WSAEAFNOSUPPORT);
    NAMED(WSAEADDRINUSE);
    NAMED(WSAEADDRNOTAVAIL);
    NAMED(WSAENETDOWN);
    NAMED(WSAENETUNREACH);
    NAMED(WSAENETRESET);
    NAMED(WSAECONNABORTED);
    NAMED(WSAECONNRESET);
    NAMED(WSAENOBUFS);
    NAMED(WSAEISCONN);
    NAMED(WSAENOTCONN);
    NAMED(WSAESHUTDOWN);
    NAMED(WSAETIMEDOUT);
    NAMED(WSAECONNREFUSED);
    NAMED(WSAEHOSTDOWN);
    NAMED(WSAEHOSTUNREACH);
    NAMED(WSASYSNOTREADY);
    NAMED(WSAVERNOTSUPPORTED);
    NAMED(WSANOTINITIALISED);
    NAMED(WSAHOST_NOT_FOUND);
  default:
    return {};
  }
}

std::string_view win32_name(int code) noexcept {
  switch (code) {
    NAMED(ERROR_FILE_NOT_FOUND);
    NAMED(ERROR_ACCESS_DENIED);
    NAMED(ERROR_INVALID_HANDLE);
    NAMED(ERROR_NOT_ENOUGH_MEMORY);
    NAMED(ERROR_OUTOFMEMORY);
    NAMED(ERROR_NOT_SUPPORTED);
    NAMED(ERROR_NETNAME_DELETED);
    NAMED(ERROR_INVALID_PARAMETER);
    NAMED(ERROR_BROKEN_PIPE);
    NAMED(ERROR_INSUFFICIENT_BUFFER);
    NAMED(ERROR_NO_DATA);
    NAMED(ERROR_MORE_DATA);
    NAMED(ERROR_OPERATION_ABORTED);
    NAMED(ERROR_IO_PENDING);
    NAMED(ERROR_NOT_FOUND);
    NAMED(ERROR_CONNECTION_REFUSED);
    NAMED(ERROR_NETWORK_UNREACHABLE);
    NAMED(ERROR_HOST_UNREACHABLE);
    NAMED(ERROR_PROTOCOL_UNREACHABLE);
    NAMED(ERROR_PORT_UNREACHABLE);
    NAMED(ERROR_CONNECTION_ABORTED);
    NAMED(ERROR_NO_SYSTEM_RESOURCES);
    NAMED(ERROR_WORKING_SET_QUOTA);
  case windows_code::handles_closed: // missing in some SDK headers
    return "ERROR_HANDLES_CLOSED";
  default:
    return {};
  }
}

std::string_view status_name(int code) noexcept {
  using namespace windows_code;
  switch (static_cast<std::uint32_t>(code)) {
  case status_buffer_overflow:
    return "STATUS_BUFFER_OVERFLOW";
  case status_handles_closed:
    return "STATUS_HANDLES_CLOSED";
  case status_invalid_handle:
    return "STATUS_INVALID_HANDLE";
  case status_no_memory:
    return "STATUS_NO_MEMORY";
  case status_insufficient_resources:
    return "STATUS_INSUFFICIENT_RESOURCES";
  case status_cancelled:
    return "STATUS_CANCELLED";
  case status_connection_reset:
    return "STATUS_CONNECTION_RESET";
  case status_connection_refused:
    return "STATUS_CONNECTION_REFUSED";
  case status_network_unreachable:
    return "STATUS_NETWORK_UNREACHABLE";
  case status_host_unreachable:
    return "STATUS_HOST_UNREACHABLE";
  case status_protocol_unreachable:
    return "STATUS_PROTOCOL_UNREACHABLE";
  case status_port_unreachable:
    return "STATUS_PORT_UNREACHABLE";
  case status_hop_limit_exceeded:
    return "STATUS_HOPLIMIT_EXCEEDED";
  default:
    return {};
  }
}

} // namespace

#undef NAMED

std::string_view error_name(int code) noexcept {
  if (code < 0) {
    return status_name(code);
  }
  return code >= WSABASEERR ? winsock_name(code) : win32_name(code);
}

} // namespace ancillary::detail
