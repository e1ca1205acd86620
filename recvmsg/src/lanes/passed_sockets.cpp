#include "common/socket_family.hpp"
#include "platform/hand_over_channel.hpp"
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/passed_sockets.hpp>

#include <gsl/assert>
#include <utility>

namespace ancillary {

passed_sockets::passed_sockets(const std::vector<native_handle_type>& handles)
    : handles_(handles.begin(), handles.end()) {}

passed_sockets::passed_sockets(passed_sockets&& other) noexcept
    : handles_(std::exchange(other.handles_, {})) {}

passed_sockets& passed_sockets::operator=(passed_sockets&& other) noexcept {
  if (this != &other) {
    close();
    handles_ = std::exchange(other.handles_, {});
  }
  return *this;
}

passed_sockets::~passed_sockets() { close(); }

void passed_sockets::close() noexcept {
  for (const auto& each : handles_) {
    if (each) {
      detail::close_passed(*each);
    }
  }
  handles_.clear();
}

asio::ip::udp::socket passed_sockets::take(std::size_t index, const asio::any_io_executor& executor,
                                           detail::asio_classes_here) {
  Expects(index < handles_.size() && handles_[index].has_value());
  const std::string where = "passed socket " + std::to_string(index);
  std::error_code error;
  const ip_family family = detail::socket_family(*handles_[index], error);
  if (error) {
    throw described_error(error, where);
  }
  asio::ip::udp::socket socket(executor);
  socket.assign(family == ip_family::v4 ? asio::ip::udp::v4() : asio::ip::udp::v6(),
                *handles_[index], error);
  if (error) {
    throw described_error(error, where);
  }
  handles_[index].reset();
  return socket;
}

passed_sockets activated_sockets(std::string_view name) {
  return passed_sockets(detail::activated_descriptors(name));
}

} // namespace ancillary
