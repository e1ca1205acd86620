// The socket system calls in one place, so that tests can replace each of them.
#pragma once

#include <winsock2.h>
#include <ws2tcpip.h>

#include <iphlpapi.h>
#include <mswsock.h>
#include <netioapi.h>

namespace ancillary::detail {

// The functions themselves. In Microsoft's ABI, the address of a DLL's function is not a constant,
// because the loader fills it in; that of our own function is.
namespace real_calls {

inline SOCKET WSAAPI socket(int family, int type, int protocol) noexcept {
  return ::socket(family, type, protocol);
}
inline int WSAAPI closesocket(SOCKET socket) noexcept { return ::closesocket(socket); }
inline int WSAAPI setsockopt(SOCKET socket, int level, int name, const char* value,
                             int bytes) noexcept {
  return ::setsockopt(socket, level, name, value, bytes);
}
inline int WSAAPI getsockopt(SOCKET socket, int level, int name, char* value, int* bytes) noexcept {
  return ::getsockopt(socket, level, name, value, bytes);
}
inline int WSAAPI getsockname(SOCKET socket, sockaddr* address, int* bytes) noexcept {
  return ::getsockname(socket, address, bytes);
}
inline int WSAAPI sendmsg(SOCKET socket, LPWSAMSG message, DWORD flags, LPDWORD sent,
                          LPWSAOVERLAPPED overlapped,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) noexcept {
  return ::WSASendMsg(socket, message, flags, sent, overlapped, routine);
}
inline int WSAAPI ioctl(SOCKET socket, DWORD code, LPVOID in, DWORD in_bytes, LPVOID out,
                        DWORD out_bytes, LPDWORD returned, LPWSAOVERLAPPED overlapped,
                        LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) noexcept {
  return ::WSAIoctl(socket, code, in, in_bytes, out, out_bytes, returned, overlapped, routine);
}
inline int WSAAPI ioctlsocket(SOCKET socket, long command, u_long* argument) noexcept {
  return ::ioctlsocket(socket, command, argument);
}
inline ULONG WINAPI adapters(ULONG family, ULONG flags, PVOID reserved, PIP_ADAPTER_ADDRESSES list,
                             PULONG bytes) noexcept {
  return ::GetAdaptersAddresses(family, flags, reserved, list, bytes);
}
inline DWORD WINAPI notify_interfaces(ADDRESS_FAMILY family, PIPINTERFACE_CHANGE_CALLBACK call,
                                      PVOID context, BOOLEAN at_once, HANDLE* handle) noexcept {
  return ::NotifyIpInterfaceChange(family, call, context, at_once, handle);
}
inline DWORD WINAPI notify_addresses(ADDRESS_FAMILY family, PUNICAST_IPADDRESS_CHANGE_CALLBACK call,
                                     PVOID context, BOOLEAN at_once, HANDLE* handle) noexcept {
  return ::NotifyUnicastIpAddressChange(family, call, context, at_once, handle);
}
inline DWORD WINAPI cancel_notify(HANDLE handle) noexcept {
  return ::CancelMibChangeNotify2(handle);
}
inline BOOL WINAPI cancel(HANDLE handle, LPOVERLAPPED overlapped) noexcept {
  return ::CancelIoEx(handle, overlapped);
}

// The build number from RtlGetVersion, which unlike GetVersionEx is correct for programs without a
// manifest. 0 on failure.
DWORD WINAPI build_number() noexcept;

} // namespace real_calls

struct system_calls {
  SOCKET(WSAAPI* socket)(int, int, int) = &real_calls::socket;
  int(WSAAPI* closesocket)(SOCKET) = &real_calls::closesocket;
  int(WSAAPI* setsockopt)(SOCKET, int, int, const char*, int) = &real_calls::setsockopt;
  int(WSAAPI* getsockopt)(SOCKET, int, int, char*, int*) = &real_calls::getsockopt;
  int(WSAAPI* getsockname)(SOCKET, sockaddr*, int*) = &real_calls::getsockname;
  int(WSAAPI* sendmsg)(SOCKET, LPWSAMSG, DWORD, LPDWORD, LPWSAOVERLAPPED,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE) = &real_calls::sendmsg;
  int(WSAAPI* ioctl)(SOCKET, DWORD, LPVOID, DWORD, LPVOID, DWORD, LPDWORD, LPWSAOVERLAPPED,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE) = &real_calls::ioctl;
  int(WSAAPI* ioctlsocket)(SOCKET, long, u_long*) = &real_calls::ioctlsocket;
  ULONG(WINAPI* adapters)
  (ULONG, ULONG, PVOID, PIP_ADAPTER_ADDRESSES, PULONG) = &real_calls::adapters;
  DWORD(WINAPI* notify_interfaces)
  (ADDRESS_FAMILY, PIPINTERFACE_CHANGE_CALLBACK, PVOID, BOOLEAN,
   HANDLE*) = &real_calls::notify_interfaces;
  DWORD(WINAPI* notify_addresses)
  (ADDRESS_FAMILY, PUNICAST_IPADDRESS_CHANGE_CALLBACK, PVOID, BOOLEAN,
   HANDLE*) = &real_calls::notify_addresses;
  DWORD(WINAPI* cancel_notify)(HANDLE) = &real_calls::cancel_notify;
  BOOL(WINAPI* cancel)(HANDLE, LPOVERLAPPED) = &real_calls::cancel;
  DWORD(WINAPI* build_number)() = &real_calls::build_number;

  // If set, replaces the extension function that `ioctl` returns for a socket.
  LPFN_WSARECVMSG recvmsg = nullptr;
};

// The calls that the library makes. Only tests replace them, while no loop runs.
// Constant-initialized, so that sockets can be used before main().
constinit inline system_calls system{};

} // namespace ancillary::detail
