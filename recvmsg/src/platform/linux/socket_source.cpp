// Linux: receiving in the caller's event loop.

#include "platform/driver.hpp"
#include "platform/linux/source.hpp"
#include "set_up/metadata_options.hpp"

namespace ancillary::detail {

namespace {

class linux_source final : public batch_source {
public:
  explicit linux_source(native_socket socket) noexcept : socket_(socket) {}

  layout_id layout() const noexcept override { return layouts::native::id; }

  receive_result receive(window& slots) noexcept override {
    return receive_now(socket_, slots, errors_);
  }

  bool stop_coalescing() noexcept override { return switch_off_coalescing(socket_); }

private:
  const native_socket socket_;
  error_queue errors_;
};

} // namespace

std::unique_ptr<batch_source> make_source(native_socket socket, const receive_options&,
                                          std::error_code& error) {
  error.clear();
  return std::make_unique<linux_source>(socket);
}

} // namespace ancillary::detail
