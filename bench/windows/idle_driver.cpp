#include "../idle_driver.hpp"

#include "platform/windows/system_calls.hpp"

#include <algorithm>
#include <asio/error.hpp>
#include <vector>

namespace ancillary_bench {

namespace {

using namespace ancillary::detail;

std::size_t payload_bytes;
std::vector<std::byte> control;
std::size_t calls_that_write = 0; // slots keep their bytes: once per slot suffices

int WSAAPI idle_recvmsg(SOCKET, LPWSAMSG message, LPDWORD bytes, LPWSAOVERLAPPED,
                        LPWSAOVERLAPPED_COMPLETION_ROUTINE) {
  if (calls_that_write != 0) {
    --calls_that_write;
    std::copy(control.begin(), control.end(), reinterpret_cast<std::byte*>(message->Control.buf));
  }
  message->Control.len = static_cast<ULONG>(control.size());
  message->dwFlags = 0;
  message->namelen = sizeof(sockaddr_in);
  *bytes = static_cast<DWORD>(payload_bytes);
  return 0;
}

class idle_driver final : public driver {
public:
  explicit idle_driver(std::unique_ptr<driver> real) : real_(std::move(real)) {}
  ~idle_driver() override { ancillary::detail::system.recvmsg = nullptr; }

  [[nodiscard]] ancillary::layout_id layout() const noexcept override { return real_->layout(); }
  [[nodiscard]] bool arm(const std::shared_ptr<wakeable>&, window&) override { return true; }
  void cancel() noexcept override {}
  [[nodiscard]] abandoned_slot abandon() noexcept override { return real_->abandon(); }
  [[nodiscard]] receive_result receive(window& slots) noexcept override {
    return real_->receive(slots);
  }

private:
  std::unique_ptr<driver> real_;
};

} // namespace

std::unique_ptr<driver> make_idle_driver(asio::ip::udp::socket& socket, std::size_t bytes,
                                         std::span<const std::byte> messages) {
  payload_bytes = bytes;
  control.assign(messages.begin(), messages.end());
  calls_that_write = 1024;
  ancillary::detail::system.recvmsg = idle_recvmsg;
  std::error_code error;
  return std::make_unique<idle_driver>(make_driver(socket, {}, error));
}

} // namespace ancillary_bench
