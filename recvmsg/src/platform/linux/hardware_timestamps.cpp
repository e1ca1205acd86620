#include "platform/linux/hardware_timestamps.hpp"

#include "platform/linux/system_calls.hpp"
#include "set_up/metadata_options.hpp"

#include <asio/error.hpp>
#include <cerrno>
#include <cstring>
#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <memory>
#include <net/if.h>
#include <sys/socket.h>

namespace ancillary::detail {

namespace {

// SO_TIMESTAMPING_OLD, asm-generic/socket.h: reads the flags however they were set; its successor
// reads only flags that were set by the same number.
constexpr int timestamping_to_read = 37;

struct free_links {
  void operator()(ifaddrs* list) const noexcept { ::freeifaddrs(list); }
};

enum class stamping { impossible, off, on, unknown };

// Whether a network device stamps received packets. Neither request needs a privilege.
stamping stamping_of(const char* interface_name, native_socket socket) noexcept {
  ifreq request{};
  std::strncpy(request.ifr_name, interface_name, IFNAMSIZ - 1);
  hwtstamp_config config{};
  request.ifr_data = reinterpret_cast<char*>(&config);
  if (system.ioctl(socket, SIOCGHWTSTAMP, &request) == 0) {
    return config.rx_filter == HWTSTAMP_FILTER_NONE ? stamping::off : stamping::on;
  }
  // Some drivers can be set, but do not tell their setting.
  ethtool_ts_info info{};
  info.cmd = ETHTOOL_GET_TS_INFO;
  request.ifr_data = reinterpret_cast<char*>(&info);
  const bool able = system.ioctl(socket, SIOCETHTOOL, &request) == 0 &&
                    (info.so_timestamping & SOF_TIMESTAMPING_RX_HARDWARE) != 0;
  return able ? stamping::unknown : stamping::impossible;
}

} // namespace

std::error_code switch_on_hardware_timestamps(native_socket socket) noexcept {
  // The flags, and since Linux 5.14 the clock of SOF_TIMESTAMPING_BIND_PHC (so_timestamping).
  int setting[2] = {0, 0};
  socklen_t bytes = sizeof setting;
  if (system.getsockopt(socket, SOL_SOCKET, timestamping_to_read, setting, &bytes) != 0) {
    return {errno, asio::error::get_system_category()};
  }
  // Without SOF_TIMESTAMPING_SOFTWARE: SO_TIMESTAMPNS brings that timestamp, in a shorter message,
  // and both together may report the time of the receive call (timestamping.rst of Linux, 1.3.1).
  setting[0] |= SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE;
  if (system.setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPING, setting, bytes) != 0) {
    return {errno, asio::error::get_system_category()};
  }
  return {};
}

std::error_code absence_of(field what, native_socket socket) noexcept {
  if (what != field::hardware_timestamp) {
    return {};
  }
  ifaddrs* first = nullptr;
  if (system.getifaddrs(&first) != 0) {
    return {};
  }
  const std::unique_ptr<ifaddrs, free_links> list(first);
  bool able = false;
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr != nullptr && each->ifa_addr->sa_family != AF_PACKET) {
      continue; // an address of an interface that has an entry of its own
    }
    switch (stamping_of(each->ifa_name, socket)) {
    case stamping::on:
    case stamping::unknown:
      return {};
    case stamping::off:
      able = true;
      break;
    case stamping::impossible:
      break;
    }
  }
  return able ? metadata_errc::hardware_timestamps_off : metadata_errc::no_hardware_timestamps;
}

} // namespace ancillary::detail
