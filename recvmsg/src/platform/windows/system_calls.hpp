// The system calls on sockets, in one place so that tests can stand in for each of them.
#pragma once

#include <winsock2.h>
#include <ws2tcpip.h>

#include <iphlpapi.h>
#include <mswsock.h>

namespace ancillary::detail {

struct system_calls {
  int(WSAAPI* setsockopt)(SOCKET, int, int, const char*, int) = &::setsockopt;
  int(WSAAPI* getsockopt)(SOCKET, int, int, char*, int*) = &::getsockopt;
  int(WSAAPI* sendmsg)(SOCKET, LPWSAMSG, DWORD, LPDWORD, LPWSAOVERLAPPED,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE) = &::WSASendMsg;
  int(WSAAPI* ioctl)(SOCKET, DWORD, LPVOID, DWORD, LPVOID, DWORD, LPDWORD, LPWSAOVERLAPPED,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE) = &::WSAIoctl;
  int(WSAAPI* ioctlsocket)(SOCKET, long, u_long*) = &::ioctlsocket;
  ULONG(WINAPI* adapters)
  (ULONG, ULONG, PVOID, PIP_ADAPTER_ADDRESSES, PULONG) = &::GetAdaptersAddresses;
  BOOL(WINAPI* cancel)(HANDLE, LPOVERLAPPED) = &::CancelIoEx;

  // Stands in for the extension function that `ioctl` gives for a socket, when it is set.
  LPFN_WSARECVMSG recvmsg = nullptr;
};

// What the library calls. Replaced by tests only, while no loop runs.
inline system_calls system;

} // namespace ancillary::detail
