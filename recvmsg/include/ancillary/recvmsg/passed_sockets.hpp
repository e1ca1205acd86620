// Sockets that another program opened: the service manager, or the process that this one replaces.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/detail/asio_classes.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/ip/udp.hpp>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace ancillary {

// Open and bound UDP sockets, in the order of their lanes. Closes those that nobody took. Not safe
// for concurrent use.
class ANCILLARY_API passed_sockets {
public:
  // A descriptor, or a SOCKET.
  using native_handle_type = asio::ip::udp::socket::native_handle_type;

  passed_sockets() noexcept = default;
  // Takes ownership of the handles.
  explicit passed_sockets(const std::vector<native_handle_type>& handles);
  passed_sockets(passed_sockets&& other) noexcept;
  // Closes what this one has.
  passed_sockets& operator=(passed_sockets&& other) noexcept;
  ~passed_sockets();

  // How many there were; those that were taken count too.
  [[nodiscard]] std::size_t size() const noexcept { return handles_.size(); }
  // Whether there were none.
  [[nodiscard]] bool empty() const noexcept { return handles_.empty(); }

  // Makes one of them an Asio socket, for example for a receiver. Expects index < size() and a
  // socket that was not taken before. Throws std::system_error if the handle is no UDP socket.
  [[nodiscard]] asio::ip::udp::socket take(std::size_t index,
                                           const asio::any_io_executor& executor) {
    return take(index, executor, {});
  }

private:
  [[nodiscard]] asio::ip::udp::socket take(std::size_t index, const asio::any_io_executor& executor,
                                           detail::asio_classes_here);
  void close() noexcept;

  std::vector<std::optional<native_handle_type>> handles_; // taken ones are empty
};

// The UDP sockets with which systemd started this process (sd_listen_fds(3), the environment
// variables LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES), in the order of the unit file; none if it was
// started otherwise. systemd keeps the sockets while the service restarts, so that datagrams wait
// in them. With `name`, only the sockets of that FileDescriptorName=. The descriptors are not
// inherited by programs that this one starts.
//
// Each descriptor can be owned once: call this once for a name, before there are threads. Throws
// std::system_error if a descriptor is not a UDP socket: the message names it. Linux;
// elsewhere there are none.
[[nodiscard]] ANCILLARY_API passed_sockets activated_sockets(std::string_view name = {});

} // namespace ancillary
