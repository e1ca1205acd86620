// The part of a drain that does not depend on the handler.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/detail/delivery.hpp>
#include <ancillary/recvmsg/detail/receive_core.hpp>
#include <ancillary/recvmsg/receive_error.hpp>

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <system_error>

namespace ancillary {

// The result of drain::receive.
struct drain_result {
  std::size_t datagrams = 0; // received by this call
  bool exhausted = false;    // nothing is left to deliver: poll the handle
  bool paused = false;       // all slots are held, or another receiver has its turn with the pool:
                             // retry later, at the latest after releasing retained packets
  bool wants_room = false;   // replies wait for room in the send buffer, and receiving is
                             // suspended: retry when the handle is writable
  receive_error error{};     // ended the call; condition none: no error
};

namespace detail {

class ANCILLARY_API drain_core final : public receive_core {
public:
  using native_handle_type = asio::ip::udp::socket::native_handle_type;
  using deliver_function = void (*)(void* handler, packet_list& list, receive_core& core,
                                    std::span<slot* const> batch, batch_position& position);

  drain_core(native_handle_type socket, const receive_options& options, std::error_code& error);
  ~drain_core() override;

  [[nodiscard]] drain_result receive(deliver_function function, void* handler);
  void stop() noexcept override { stopped_.store(true); }

  [[nodiscard]] receive_occupancy occupancy() const noexcept override {
    return occupancy_with(socket_);
  }

private:
  void deliver(std::span<slot* const> batch, batch_position& position) override {
    function_(handler_, list_, *this, batch, position);
  }
  [[nodiscard]] drain_result receive_batches();
  [[nodiscard]] bool take_pending_error(drain_result& result) noexcept;

  const native_handle_type socket_;
  std::unique_ptr<batch_source> source_;
  packet_list list_;
  receive_error pending_error_{}; // to be returned after the current batch

  deliver_function function_ = nullptr; // of the current call
  void* handler_ = nullptr;
};

} // namespace detail

} // namespace ancillary
