// The driver in a Linux program with a stand-in: the datagrams of the Linux driver, with the
// control buffers and errors of Windows.

#include "../stand_in.hpp"
#include "linux_drivers.hpp"
#include "platform/windows_errors.hpp"
#include "set_up/metadata_options.hpp"
#include "slots/window.hpp"
#include <ancillary/recvmsg/detail/wakeable.hpp>

#include <asio/post.hpp>

namespace ancillary_test {

namespace {

using namespace ancillary::detail;

arrival arrival_in(const slot& from) {
  return {{from.payload_span().begin(), from.payload_span().end()},
          from.remote,
          ancillary::metadata_view(ancillary::layouts::native{}, from.control_span()).to_metadata(),
          (from.flags & slot_flag::payload_truncated) != 0};
}

std::uint8_t slot_flags(std::uint32_t flags) {
  const auto translated = [flags](std::uint32_t of, std::uint8_t into) {
    return static_cast<std::uint8_t>((flags & of) != 0 ? into : 0);
  };
  return static_cast<std::uint8_t>(
      translated(message_flag::truncated, slot_flag::payload_truncated) |
      translated(message_flag::control_truncated, slot_flag::control_truncated) |
      translated(message_flag::broadcast, slot_flag::broadcast) |
      translated(message_flag::multicast, slot_flag::multicast));
}

ancillary::receive_error error_of(std::uint32_t code) {
  return {windows_condition(code), {static_cast<int>(code), std::system_category()}, false};
}

// Linux fills the window first, then the stand-in's socket fills it again.
receive_result receive_as_windows(native_socket handle, batch_source& real, window& slots) {
  stand_in& machine = *stand_in::current();
  windows_socket& socket = machine.of(handle);
  const receive_result taken = real.receive(slots);
  for (std::size_t i = 0; i < taken.count; ++i) {
    socket.arrive(arrival_in(slots[i]));
  }
  receive_result result;
  while (socket.has_something() && result.count < slots.size()) {
    slot& to = slots[result.count];
    const outcome next = socket.take(machine.now, {to.payload, slots.payload_capacity()},
                                     {to.control, slots.control_capacity()});
    if (!next.has_datagram()) {
      result.error = error_of(next.error.direct);
      return result;
    }
    to.remote = next.remote;
    to.payload_bytes = static_cast<std::uint32_t>(next.payload_bytes);
    to.control_bytes = static_cast<std::uint32_t>(next.control_bytes);
    to.flags = slot_flags(next.flags);
    ++result.count;
  }
  result.error = taken.error;
  result.exhausted = taken.exhausted && !socket.has_something();
  return result;
}

class stand_in_driver;
std::unordered_map<native_socket, stand_in_driver*> drivers;

class stand_in_driver final : public driver {
public:
  stand_in_driver(asio::ip::udp::socket& socket, std::unique_ptr<driver> real)
      : socket_(socket), handle_(socket.native_handle()), real_(std::move(real)) {
    drivers[handle_] = this;
  }
  ~stand_in_driver() override { drivers.erase(handle_); }

  ancillary::layout_id layout() const noexcept override { return stand_in::current()->now.layout; }

  bool arm(const std::shared_ptr<wakeable>& loop, window& slots) override {
    if (stand_in::current()->of(handle_).has_something()) {
      asio::post(socket_.get_executor(), [loop] { loop->on_wake(); });
      return true;
    }
    return real_->arm(loop, slots);
  }

  receive_result receive(window& slots) noexcept override {
    return receive_as_windows(handle_, *real_, slots);
  }
  bool stop_coalescing() noexcept override { return switch_off_coalescing(handle_); }
  void cancel() noexcept override { real_->cancel(); }
  abandoned_slot abandon() noexcept override { return real_->abandon(); }

private:
  asio::ip::udp::socket& socket_;
  const native_socket handle_;
  std::unique_ptr<driver> real_;
};

class stand_in_source final : public batch_source {
public:
  stand_in_source(native_socket handle, std::unique_ptr<batch_source> real)
      : handle_(handle), real_(std::move(real)) {}

  ancillary::layout_id layout() const noexcept override { return stand_in::current()->now.layout; }
  receive_result receive(window& slots) noexcept override {
    return receive_as_windows(handle_, *real_, slots);
  }
  bool stop_coalescing() noexcept override { return switch_off_coalescing(handle_); }

private:
  const native_socket handle_;
  std::unique_ptr<batch_source> real_;
};

} // namespace

void stand_in::nudge(std::uintptr_t socket) {
  if (const auto found = drivers.find(static_cast<native_socket>(socket)); found != drivers.end()) {
    found->second->cancel(); // wakes the loop, which finds the pending datagrams
  }
}

} // namespace ancillary_test

namespace ancillary::detail {

// Like the Windows driver.
void prepare(native_socket socket, const receive_options& options) {
  ancillary_test::ask_linux_for_everything(socket);
  if (!options.icmp_errors) {
    auto& machine = *ancillary_test::stand_in::current();
    for (const auto& which :
         {ancillary_test::port_unreachable, ancillary_test::hop_limit_exceeded}) {
      machine.of(socket).switch_icmp_error(machine.now, which, false);
    }
  }
}

std::unique_ptr<driver> make_driver(asio::ip::udp::socket& socket, const receive_options& options,
                                    std::error_code& error) {
  prepare(socket.native_handle(), options);
  return std::make_unique<ancillary_test::stand_in_driver>(
      socket, make_linux_driver(socket, options, error));
}

std::unique_ptr<batch_source> make_source(native_socket socket, const receive_options& options,
                                          std::error_code& error) {
  prepare(socket, options);
  return std::make_unique<ancillary_test::stand_in_source>(
      socket, make_linux_source(socket, options, error));
}

} // namespace ancillary::detail
