#include "../idle_driver.hpp"

#include "platform/linux/system_calls.hpp"

#include <algorithm>
#include <asio/error.hpp>
#include <vector>

namespace ancillary_bench {

namespace {

using namespace ancillary::detail;

std::size_t payload_bytes;
std::vector<std::byte> control;
bool control_is_written = false; // slots keep their bytes: once suffices

int idle_recvmmsg(int, mmsghdr* headers, unsigned count, int, timespec*) {
  for (mmsghdr& each : std::span(headers, count)) {
    each.msg_len = static_cast<unsigned>(payload_bytes);
    each.msg_hdr.msg_flags = 0;
    each.msg_hdr.msg_namelen = sizeof(sockaddr);
    if (!control_is_written) {
      std::copy(control.begin(), control.end(), static_cast<std::byte*>(each.msg_hdr.msg_control));
    }
    each.msg_hdr.msg_controllen = control.size();
  }
  control_is_written = true;
  return static_cast<int>(count);
}

class idle_driver final : public driver {
public:
  explicit idle_driver(std::unique_ptr<driver> real) : real_(std::move(real)) {
    ancillary::detail::system.recvmmsg = idle_recvmmsg;
  }
  ~idle_driver() override { ancillary::detail::system.recvmmsg = &::recvmmsg; }

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
  control_is_written = false;
  std::error_code error;
  return std::make_unique<idle_driver>(make_driver(socket, {}, error));
}

} // namespace ancillary_bench
