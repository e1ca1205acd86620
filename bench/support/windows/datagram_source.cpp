// One datagram per call: Windows has no call for several datagrams to several ports.

#include "../traffic.hpp"

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>

namespace ancillary::bench {

namespace {

class windows_source final : public datagram_source {
public:
  explicit windows_source(const traffic& wanted)
      : payload_(wanted.datagram_bytes, std::byte{'d'}), ports_(wanted.ports) {}

  std::uint64_t send(std::uint64_t) override {
    std::error_code error;
    socket_.send_to(asio::buffer(payload_), {asio::ip::address_v4::loopback(), ports_[next_]}, 0,
                    error);
    next_ = (next_ + 1) % ports_.size();
    return error ? 0 : 1;
  }

private:
  std::vector<std::byte> payload_;
  std::vector<std::uint16_t> ports_;
  std::size_t next_ = 0;
  asio::io_context io_;
  asio::ip::udp::socket socket_{io_, asio::ip::udp::v4()};
};

} // namespace

std::unique_ptr<datagram_source> make_datagram_source(const traffic& wanted) {
  return std::make_unique<windows_source>(wanted);
}

} // namespace ancillary::bench
