// Subjects that run on an io_context: the library and Asio's own receiving.
#pragma once

#include "subject.hpp"
#include <ancillary/recvmsg.hpp>

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <bit>
#include <cstddef>
#include <gsl/assert>
#include <span>

namespace ancillary::bench {

inline constexpr field_set three_messages{field::destination, field::hop_limit,
                                          field::traffic_class};

// The address to listen on, with any port.
[[nodiscard]] inline asio::ip::udp::endpoint on_loopback() {
  return {asio::ip::address_v4::loopback(), 0};
}
[[nodiscard]] inline asio::ip::udp::endpoint on_all_addresses() { return {asio::ip::udp::v4(), 0}; }

// The options of the library's receivers that require these fields.
[[nodiscard]] inline receive_options options_for(const field_set& fields) {
  receive_options options{.metadata = ancillary::require(fields),
                          .receive_buffer_bytes = receive_buffer_bytes};
  if (counting) {
    options.turn_time = {};
  }
  return options;
}

inline void read_fields(const metadata_view& metadata, tally& into) noexcept {
  const auto destination = metadata.destination();
  into.metadata(
      destination && destination->is_v4() ? std::bit_cast<std::uint32_t>(destination->to_v4_bytes())
                                          : 0,
      metadata.hop_limit().value_or(0), metadata.traffic_class().value_or(traffic_class{}).value);
}

class on_io_context : public subject {
public:
  void receive(std::uint64_t datagrams) final {
    tally_.expect(datagrams);
    io_.restart();
    io_.run();
  }

  // Ends the round after the last expected datagram.
  void visit(const std::byte* payload, std::size_t bytes) noexcept {
    if (tally_.visit(payload, bytes)) [[unlikely]] {
      io_.stop();
    }
  }

  void visit_metadata(const metadata_view& metadata) noexcept { read_fields(metadata, tally_); }

protected:
  asio::io_context io_{1};
};

// What a handler reads of a datagram before visiting it.

struct read_metadata {
  static void look(const packet& each, on_io_context& by) noexcept {
    by.visit_metadata(each.metadata());
  }
};

// For coalesced buffers, like the bare loop: the metadata applies to the whole buffer.
struct read_nothing {
  static void look(const packet&, on_io_context&) noexcept {}
};

template <class What>
struct each_datagram {
  on_io_context* by;

  void operator()(const packet& each) const {
    What::look(each, *by);
    by->visit(each.payload().data(), each.payload().size());
  }
};

template <class What>
struct whole_batch {
  on_io_context* by;

  void operator()(std::span<const packet> batch) const {
    for (const packet& each : batch) {
      each_datagram<What>{by}(each);
    }
  }
};

template <class Handler>
class ours final : public on_io_context {
public:
  ours(const asio::ip::udp::endpoint& where, const receive_options& options)
      : receiver_(io_, where, Handler{this}, options) {
    receiver_.start();
  }

  std::vector<std::uint16_t> ports() const override { return {receiver_.local_endpoint().port()}; }

private:
  receiver<Handler> receiver_;
};

// The memory of one pending operation, as in Asio's example of custom allocation. It is free again
// before the operation's handler runs.
class operation_memory {
public:
  template <class T>
  class allocator {
  public:
    using value_type = T;

    explicit allocator(operation_memory& from) noexcept : from_(&from) {}
    template <class U>
    allocator(const allocator<U>& other) noexcept : from_(other.from_) {}

    [[nodiscard]] T* allocate(std::size_t count) noexcept {
      static_assert(sizeof(T) <= sizeof from_->bytes_);
      Expects(count == 1);
      return reinterpret_cast<T*>(from_->bytes_.data());
    }
    void deallocate(T*, std::size_t) noexcept {}

    friend bool operator==(const allocator&, const allocator&) = default;

  private:
    template <class>
    friend class allocator;
    operation_memory* from_;
  };

private:
  alignas(std::max_align_t) std::array<std::byte, 512> bytes_;
};

// A handler whose operation lies in this memory.
template <class Function>
struct handler_in {
  using allocator_type = operation_memory::allocator<void>;

  operation_memory* memory;
  Function function;

  [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator_type(*memory); }
  void operator()(const std::error_code& error, std::size_t bytes) const { function(error, bytes); }
};

// Asio's own receiving: one datagram at a time. A socket with the io_context's own executor, which
// is cheaper than any_io_executor.
class asio_subject : public on_io_context {
public:
  explicit asio_subject(const asio::ip::udp::endpoint& where) : socket_(io_, where) {
    socket_.set_option(asio::socket_base::receive_buffer_size(receive_buffer_bytes));
  }

  std::vector<std::uint16_t> ports() const override { return {socket_.local_endpoint().port()}; }

protected:
  asio::basic_datagram_socket<asio::ip::udp, asio::io_context::executor_type> socket_;
  template <class Function>
  [[nodiscard]] handler_in<Function> pending(Function function) noexcept {
    return {&memory_, function};
  }

  operation_memory memory_;
  asio::ip::udp::endpoint sender_;
  std::array<std::byte, payload_capacity> payload_;
};

} // namespace ancillary::bench
