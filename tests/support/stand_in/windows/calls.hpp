// The stand-in's functions in system_calls, grouped in files by purpose.
#pragma once

#include "../stand_in.hpp"
#include "platform/windows/system_calls.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace ancillary_test {

// Sets Winsock's last error and returns SOCKET_ERROR.
int fail(std::uint32_t code);

[[nodiscard]] socket_facts facts_of(SOCKET socket);

SOCKET WSAAPI open_socket(int family, int type, int protocol);
int WSAAPI close_socket(SOCKET socket);
int WSAAPI get_name(SOCKET socket, sockaddr* name, int* bytes);
int WSAAPI io_control(SOCKET socket, long command, u_long* argument);
ULONG WINAPI list_adapters(ULONG family, ULONG flags, PVOID reserved, PIP_ADAPTER_ADDRESSES list,
                           PULONG bytes);

DWORD WINAPI notify_interfaces(ADDRESS_FAMILY family, PIPINTERFACE_CHANGE_CALLBACK call,
                               PVOID context, BOOLEAN at_once, HANDLE* handle);
DWORD WINAPI notify_addresses(ADDRESS_FAMILY family, PUNICAST_IPADDRESS_CHANGE_CALLBACK call,
                              PVOID context, BOOLEAN at_once, HANDLE* handle);
DWORD WINAPI cancel_notify(HANDLE handle);
void forget_registrations();

// Joining and leaving on the machine's interfaces; nullopt for any other option.
std::optional<int> set_scripted_membership(SOCKET socket, int level, int name,
                                           std::span<const std::byte> value);

// Enables everything on the real socket that the messages are made from.
void ask_for_everything(SOCKET socket);

int WSAAPI set_option(SOCKET socket, int level, int name, const char* value, int bytes);
int WSAAPI get_option(SOCKET socket, int level, int name, char* value, int* bytes);
int WSAAPI control(SOCKET socket, DWORD code, LPVOID in, DWORD in_bytes, LPVOID out,
                   DWORD out_bytes, LPDWORD returned, LPWSAOVERLAPPED overlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
int WSAAPI send(SOCKET socket, LPWSAMSG message, DWORD flags, LPDWORD sent,
                LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
DWORD WINAPI build_number();

} // namespace ancillary_test
