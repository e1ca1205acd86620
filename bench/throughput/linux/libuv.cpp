// libuv with recvmmsg into one large buffer. No metadata.

#include "bare_subjects.hpp"

#include <array>
#include <unistd.h>
#include <uv.h>

namespace ancillary::bench {

namespace {

// libuv splits the buffer into pieces of 64 KiB, one per datagram, at most 20.
constexpr std::size_t buffer_bytes = 20 * 64 * 1024;

class libuv final : public subject {
public:
  libuv() : buffer_(buffer_bytes) {
    uv_loop_init(&loop_);
    uv_udp_init_ex(&loop_, &socket_, AF_UNSPEC | UV_UDP_RECVMMSG);
    uv_udp_open(&socket_, open_bare_socket({}));
    socket_.data = this;
    loop_.data = this;
    uv_udp_recv_start(&socket_, give_buffer, take);
  }
  ~libuv() override {
    uv_close(reinterpret_cast<uv_handle_t*>(&socket_), nullptr);
    uv_run(&loop_, UV_RUN_DEFAULT);
    uv_loop_close(&loop_);
  }
  libuv(const libuv&) = delete;
  libuv& operator=(const libuv&) = delete;

  std::vector<std::uint16_t> ports() const override {
    uv_os_fd_t descriptor = -1;
    uv_fileno(reinterpret_cast<const uv_handle_t*>(&socket_), &descriptor);
    return {port_of(descriptor)};
  }

  void receive(std::uint64_t datagrams) override {
    tally_.expect(datagrams);
    uv_run(&loop_, UV_RUN_DEFAULT);
  }

private:
  static void give_buffer(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
    auto& self = *static_cast<libuv*>(handle->data);
    *buffer = uv_buf_init(reinterpret_cast<char*>(self.buffer_.data()), buffer_bytes);
  }

  static void take(uv_udp_t* socket, ssize_t bytes, const uv_buf_t* buffer, const sockaddr* from,
                   unsigned) {
    auto& self = *static_cast<libuv*>(socket->data);
    if (bytes >= 0 && from != nullptr &&
        self.tally_.visit(reinterpret_cast<const std::byte*>(buffer->base),
                          static_cast<std::size_t>(bytes))) {
      uv_stop(&self.loop_);
    }
  }

  std::vector<std::byte> buffer_;
  uv_loop_t loop_{};
  uv_udp_t socket_{};
};

} // namespace

std::vector<subject_kind> libuv_subjects() {
  return {{"libuv", "libuv with recvmmsg, no metadata", false,
           [] { return std::make_unique<libuv>(); }, false}}; // the version of libuv would decide
}

} // namespace ancillary::bench
