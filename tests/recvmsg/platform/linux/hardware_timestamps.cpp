// Timestamps of the network device beside those of the kernel. No test needs such a device: the
// interfaces' answers and the device's timestamp are faked, everything else is the kernel's.
#include "faulty_call.hpp"
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg.hpp>

#include <cerrno>
#include <cstring>
#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string>
#include <sys/socket.h>

using namespace ancillary_test;
using ancillary::field;
using ancillary::field_set;
using ancillary::metadata_errc;
using ancillary::metadata_request;
using ancillary::packet;
using ancillary::detail::system_calls;
using Catch::Matchers::ContainsSubstring;

namespace {

// What every interface answers.
struct answers {
  int filter = HWTSTAMP_FILTER_NONE; // negative: the driver does not tell
  bool able = true;                  // according to ethtool
};

class faked_interfaces {
public:
  explicit faked_interfaces(answers all) {
    now_ = all;
    ancillary::detail::system.ioctl = &answer;
  }
  ~faked_interfaces() { ancillary::detail::system.ioctl = system_calls{}.ioctl; }
  faked_interfaces(const faked_interfaces&) = delete;
  faked_interfaces& operator=(const faked_interfaces&) = delete;

private:
  static int answer(int socket, unsigned long request, void* argument) {
    char* const data = static_cast<ifreq*>(argument)->ifr_data;
    if (request == SIOCGHWTSTAMP && now_.filter >= 0) {
      hwtstamp_config config{};
      config.rx_filter = now_.filter;
      std::memcpy(data, &config, sizeof config);
      return 0;
    }
    if (request == SIOCETHTOOL) {
      ethtool_ts_info info{};
      info.cmd = ETHTOOL_GET_TS_INFO;
      info.so_timestamping =
          SOF_TIMESTAMPING_RX_SOFTWARE | (now_.able ? SOF_TIMESTAMPING_RX_HARDWARE : 0);
      std::memcpy(data, &info, sizeof info);
      return 0;
    }
    if (request == SIOCGHWTSTAMP) {
      errno = EOPNOTSUPP;
      return -1;
    }
    return system_calls{}.ioctl(socket, request, argument);
  }

  inline static answers now_{};
};

struct open_socket {
  asio::io_context io;
  asio::ip::udp::socket socket{io, loopback_any_port()};

  void set(int option, int value) {
    REQUIRE(::setsockopt(socket.native_handle(), SOL_SOCKET, option, &value, sizeof value) == 0);
  }
  [[nodiscard]] int timestamping_flags() {
    int flags = 0;
    socklen_t bytes = sizeof flags;
    REQUIRE(::getsockopt(socket.native_handle(), SOL_SOCKET, SO_TIMESTAMPING, &flags, &bytes) == 0);
    return flags;
  }
};

constexpr int received_by_device = SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE;
constexpr int by_kernel = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;

// Delivers one datagram to a receiver that adopts the socket.
template <class Check>
ancillary::receive_counters receive_one(open_socket& s, const metadata_request& request,
                                        Check check) {
  const asio::ip::udp::endpoint to = s.socket.local_endpoint();
  std::size_t delivered = 0;
  ancillary::receiver receiver(std::move(s.socket),
                               [&](const packet& each) {
                                 ++delivered;
                                 check(each.metadata());
                               },
                               {.metadata = request});
  receiver.start();
  loopback_sender(to).send("x");
  REQUIRE(run_until(s.io, [&] { return delivered == 1; }));
  return receiver.counters();
}

// A device that stamps received datagrams: writes into their SO_TIMESTAMPING messages.
class stamping_device {
public:
  stamping_device() { ancillary::detail::system.recvmmsg = &receive; }
  ~stamping_device() { ancillary::detail::system.recvmmsg = system_calls{}.recvmmsg; }
  stamping_device(const stamping_device&) = delete;
  stamping_device& operator=(const stamping_device&) = delete;

private:
  static int receive(int socket, mmsghdr* messages, unsigned count, int flags, timespec* wait) {
    const int received = system_calls{}.recvmmsg(socket, messages, count, flags, wait);
    for (int i = 0; i < received; ++i) {
      msghdr& header = messages[i].msg_hdr;
      for (cmsghdr* each = CMSG_FIRSTHDR(&header); each != nullptr;
           each = CMSG_NXTHDR(&header, each)) {
        if (each->cmsg_level == SOL_SOCKET && each->cmsg_type == SO_TIMESTAMPING) {
          const timespec stamp{12, 34};
          std::memcpy(CMSG_DATA(each) + 2 * sizeof stamp, &stamp, sizeof stamp);
        }
      }
    }
    return received;
  }
};

} // namespace

TEST_CASE("a hardware timestamp is enabled with SO_TIMESTAMPING, and the caller's flags remain",
          "[timestamps]") {
  const faked_interfaces on({.filter = HWTSTAMP_FILTER_ALL});
  for (const int flags : {0, by_kernel, SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_OPT_ID}) {
    open_socket s;
    s.set(SO_TIMESTAMPING, flags);
    const auto report = request_metadata(s.socket, ancillary::want({field::hardware_timestamp}));
    CHECK(s.timestamping_flags() == (flags | received_by_device));
    CHECK(report.granted() == field_set{field::hardware_timestamp});
    const auto* const grant = report.find(field::hardware_timestamp);
    REQUIRE(grant != nullptr);
    CHECK_FALSE(grant->absence);
    CHECK(to_string(*grant) == "hardware_timestamp: granted (SO_TIMESTAMPING)");
  }
}

TEST_CASE("a timestamp alone does not enable hardware timestamps", "[timestamps]") {
  open_socket s;
  CHECK(request_metadata(s.socket, ancillary::want({field::timestamp})).granted() ==
        field_set{field::timestamp});
  CHECK(s.timestamping_flags() == 0);
}

TEST_CASE("hardware timestamps are off on all interfaces: granted with a note if wanted, refused "
          "if required",
          "[timestamps]") {
  const faked_interfaces off({.filter = HWTSTAMP_FILTER_NONE});
  open_socket s;
  std::error_code error;
  const auto wanted = request_metadata(
      s.socket, ancillary::want({field::hardware_timestamp, field::timestamp}), error);
  CHECK_FALSE(error);
  CHECK(wanted.granted() == field_set{field::hardware_timestamp, field::timestamp});
  CHECK(s.timestamping_flags() == received_by_device);
  CHECK(wanted.find(field::hardware_timestamp)->absence == metadata_errc::hardware_timestamps_off);
  CHECK_FALSE(wanted.find(field::timestamp)->absence);
  CHECK(to_string(*wanted.find(field::hardware_timestamp)) ==
        "hardware_timestamp: granted (SO_TIMESTAMPING; hardware timestamps are off on all "
        "interfaces; \"hwstamp_ctl -i INTERFACE -r 1\" turns them on)");

  const auto request = ancillary::require({field::hardware_timestamp});
  const auto required = request_metadata(s.socket, request, error);
  CHECK(error == metadata_errc::hardware_timestamps_off);
  CHECK(required.refused() == field_set{field::hardware_timestamp});
  CHECK_FALSE(required.first_missing()->absence);
  CHECK_THROWS_WITH(request_metadata(s.socket, request),
                    ContainsSubstring("hwstamp_ctl -i INTERFACE -r 1"));
}

TEST_CASE("no interface makes hardware timestamps: the report says so", "[timestamps]") {
  const faked_interfaces none({.filter = -1, .able = false});
  open_socket s;
  std::error_code error;
  const auto wanted = request_metadata(s.socket, ancillary::want({field::hardware_timestamp}));
  CHECK(wanted.find(field::hardware_timestamp)->absence == metadata_errc::no_hardware_timestamps);
  static_cast<void>(
      request_metadata(s.socket, ancillary::require({field::hardware_timestamp}), error));
  CHECK(error == metadata_errc::no_hardware_timestamps);
}

TEST_CASE("a driver that does not tell its setting, or an unknown list of interfaces: granted "
          "without a note",
          "[timestamps]") {
  const auto request = ancillary::require({field::hardware_timestamp});
  {
    const faked_interfaces silent({.filter = -1, .able = true});
    open_socket s;
    CHECK_FALSE(request_metadata(s.socket, request).find(field::hardware_timestamp)->absence);
  }
  const faked_interfaces off({.filter = HWTSTAMP_FILTER_NONE});
  const faulty_call<&system_calls::getifaddrs> unlisted({.at = 1, .times = 100, .error = ENOBUFS});
  open_socket s;
  CHECK_FALSE(request_metadata(s.socket, request).find(field::hardware_timestamp)->absence);
  CHECK(unlisted.faults() == 1);
}

TEST_CASE("SO_TIMESTAMPING cannot be read or set: a hardware timestamp is refused with the reason",
          "[timestamps][faults]") {
  const faked_interfaces on({.filter = HWTSTAMP_FILTER_ALL});
  const auto refused_with = [](int error) {
    open_socket s;
    const auto report = request_metadata(s.socket, ancillary::want({field::hardware_timestamp}));
    CHECK(report.refused() == field_set{field::hardware_timestamp});
    CHECK(report.find(field::hardware_timestamp)->error.value() == error);
    CHECK(s.timestamping_flags() == 0);
  };
  {
    // The first call asks for the socket's family.
    const faulty_call<&system_calls::getsockopt> unread({.at = 2, .error = ENOBUFS});
    refused_with(ENOBUFS);
    CHECK(unread.faults() == 1);
  }
  const faulty_call<&system_calls::setsockopt> unset({.at = 1, .error = EPERM});
  refused_with(EPERM);
  CHECK(unset.faults() == 1);
}

TEST_CASE("SO_TIMESTAMPNS beside the caller's SO_TIMESTAMPING: no duplicate and nothing truncated",
          "[timestamps]") {
  for (const int option : {SO_TIMESTAMPNS, SO_TIMESTAMP}) {
    CAPTURE(option);
    open_socket s;
    s.set(option, 1);
    s.set(SO_TIMESTAMPING, by_kernel | received_by_device | SOF_TIMESTAMPING_OPT_PKTINFO);
    const bool own = option == SO_TIMESTAMPNS; // requesting the field replaces SO_TIMESTAMP
    const auto counted =
        receive_one(s, own ? ancillary::require({field::timestamp}) : metadata_request{},
                    [&](const ancillary::metadata_view& metadata) {
                      REQUIRE(metadata.timestamp());
                      CHECK(metadata.timestamp()->clock == ancillary::timestamp_clock::realtime);
                      CHECK((own || metadata.timestamp()->value % 1000 == 0));
                      CHECK_FALSE(metadata.hardware_timestamp());
                      CHECK(metadata.unknown_count() == 0);
                    });
    CHECK(counted.metadata_duplicate == 0);
    CHECK(counted.control_truncated == 0);
    CHECK(counted.metadata_missing == 0);
  }
}

TEST_CASE("a stamped datagram has both timestamps", "[timestamps]") {
  const faked_interfaces on({.filter = HWTSTAMP_FILTER_ALL});
  open_socket s;
  s.set(SO_TIMESTAMPING, by_kernel);
  const stamping_device device;
  const auto counted = receive_one(
      s, ancillary::require({field::timestamp, field::hardware_timestamp}),
      [](const ancillary::metadata_view& metadata) {
        REQUIRE(metadata.timestamp());
        CHECK(metadata.timestamp()->clock == ancillary::timestamp_clock::realtime);
        CHECK(metadata.hardware_timestamp() ==
              ancillary::timestamp{ancillary::timestamp_clock::hardware, 12'000'000'034});
        CHECK(metadata.present().contains(field::hardware_timestamp));
      });
  CHECK(counted.metadata_duplicate == 0);
  CHECK(counted.metadata_missing == 0);
}

TEST_CASE("a datagram without a hardware timestamp is not counted as lacking metadata",
          "[timestamps]") {
  const faked_interfaces on({.filter = HWTSTAMP_FILTER_PTP_V2_L4_EVENT});
  open_socket s;
  const auto counted = receive_one(
      s, ancillary::require({field::hardware_timestamp}),
      [](const ancillary::metadata_view& metadata) { CHECK_FALSE(metadata.hardware_timestamp()); });
  CHECK(counted.metadata_missing == 0);
}
