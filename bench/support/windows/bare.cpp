#include "bare.hpp"

#include <system_error>

namespace ancillary::bench {

namespace {

void expect_success(int result, const char* what) {
  if (result != 0) {
    throw std::system_error(WSAGetLastError(), std::system_category(), what);
  }
}

} // namespace

bare_subject::bare_subject(const asio::ip::udp::endpoint& where, std::initializer_list<int> options)
    : socket_(io_, where) {
  socket_.set_option(asio::socket_base::receive_buffer_size(receive_buffer_bytes));
  for (const int option : options) {
    const DWORD on = 1;
    expect_success(setsockopt(socket_.native_handle(), IPPROTO_IP, option,
                              reinterpret_cast<const char*>(&on), sizeof on),
                   "setsockopt");
  }
  GUID id = WSAID_WSARECVMSG;
  DWORD bytes = 0;
  expect_success(WSAIoctl(socket_.native_handle(), SIO_GET_EXTENSION_FUNCTION_POINTER, &id,
                          sizeof id, &receive_, sizeof receive_, &bytes, nullptr, nullptr),
                 "WSARecvMsg");
}

} // namespace ancillary::bench
