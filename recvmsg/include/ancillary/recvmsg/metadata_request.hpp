// Requests metadata from the system and reports what it granted.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/decoders/fields.hpp>

#include <array>
#include <asio/ip/udp.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace ancillary {

// The fields that a caller requires (set-up fails without them) or wants (set-up succeeds and
// reports them). Only the options of these fields are enabled, because each option costs
// throughput.
class metadata_request {
public:
  constexpr metadata_request() noexcept = default;

  // Adds fields without which set-up fails. Returns this request, so that calls can be chained.
  constexpr metadata_request& require(field_set fields) noexcept {
    required_ = required_ | fields;
    return *this;
  }

  // Adds fields that are enabled where the system supports them.
  constexpr metadata_request& want(field_set fields) noexcept {
    wanted_ = wanted_ | fields;
    return *this;
  }

  // The largest coalesced buffer to accept with field::segment_bytes, in bytes of payload. On
  // Windows, the limit of the option. Linux supports no limit below the 65,535 bytes of a datagram,
  // and a lower one makes the field refused.
  constexpr metadata_request& max_coalesced_bytes(std::uint32_t bytes) noexcept {
    max_coalesced_bytes_ = bytes;
    return *this;
  }

  // The fields without which set-up fails.
  [[nodiscard]] constexpr field_set required() const noexcept { return required_; }
  // The fields that are enabled where the system supports them.
  [[nodiscard]] constexpr field_set wanted() const noexcept { return wanted_; }
  // Both together.
  [[nodiscard]] constexpr field_set requested() const noexcept { return required_ | wanted_; }
  // The largest coalesced buffer, in bytes.
  [[nodiscard]] constexpr std::uint32_t max_coalesced_bytes() const noexcept {
    return max_coalesced_bytes_;
  }

private:
  field_set required_{};
  field_set wanted_{};
  std::uint32_t max_coalesced_bytes_ = 65535;
};

// Requests these fields where the system supports them.
[[nodiscard]] constexpr metadata_request want(field_set fields) noexcept {
  return metadata_request{}.want(fields);
}

// Requests these fields and makes set-up fail without any of them.
[[nodiscard]] constexpr metadata_request require(field_set fields) noexcept {
  return metadata_request{}.require(fields);
}

// Why the library does not request a field from the system, or why it does not arrive.
enum class metadata_errc {
  // Windows Server 2022 (build 20348) reports wrong TTL and TOS with coalescing (msquic, pull
  // request 4968), so one of them is refused: the one that is only wanted, else coalescing.
  faulty_beside_coalescing = 1,
  // field::hardware_timestamp on Linux: no interface stamps received packets at present. An
  // administrator turns it on for an interface (SIOCSHWTSTAMP; hwstamp_ctl of linuxptp; chrony and
  // ptp4l do so for theirs).
  hardware_timestamps_off = 2,
  // field::hardware_timestamp on Linux: no interface can.
  no_hardware_timestamps = 3,
};

// The category of metadata_errc, "ancillary.metadata".
[[nodiscard]] ANCILLARY_API const std::error_category& metadata_category() noexcept;
[[nodiscard]] ANCILLARY_API std::error_code make_error_code(metadata_errc error) noexcept;

// The system's answer for one requested field.
struct metadata_grant {
  // The field.
  field what{};
  // Whether set-up fails without it.
  bool required = false;
  // Whether the system enabled it.
  bool granted = false;
  bool ipv4_refused = false;        // on a dual-stack socket: IPv4 datagrams may lack the field
  std::error_code error;            // the system's reason; empty when granted
  std::error_code absence;          // granted, but no datagram has the field at present
  std::string_view option;          // the option that enables it ("IP_RECVIF"); static storage
  std::string_view available_since; // the first system with the option ("Windows 10"); may be empty
};

// One readable line: "original_arrival_interface: refused (IP_ORIGINAL_ARRIVAL_IF: Operation not
// supported (EOPNOTSUPP 95); available since Windows 7)".
[[nodiscard]] ANCILLARY_API std::string to_string(const metadata_grant& grant);

// The system's answer to receive_options::error_detail.
struct error_detail_grant {
  // Whether receive_options::error_detail was set.
  bool requested = false;
  // Whether the system enabled it.
  bool granted = false;
  bool ipv4_refused = false;    // on a dual-stack socket: only errors of IPv6 have details
  std::error_code error{};      // the system's reason; empty when granted for all
  std::string_view option = {}; // the option ("IP_RECVERR"); static storage
};

// The answers for all requested fields, in the order of the enumeration.
class ANCILLARY_API metadata_report {
public:
  metadata_report() noexcept = default;

  // All answers. Valid as long as the report.
  [[nodiscard]] std::span<const metadata_grant> grants() const noexcept {
    return {grants_.data(), count_};
  }
  // The fields that the system enabled.
  [[nodiscard]] field_set granted() const noexcept { return granted_; }
  // The requested fields that it did not enable.
  [[nodiscard]] field_set refused() const noexcept { return refused_; }

  // The answer for one field, or nullptr if it was not requested.
  [[nodiscard]] const metadata_grant* find(field what) const noexcept;

  // The first required field that was refused, or nullptr.
  [[nodiscard]] const metadata_grant* first_missing() const noexcept;

  // Set by receivers; request_metadata() does not ask.
  [[nodiscard]] const error_detail_grant& error_detail() const noexcept { return error_detail_; }

  // For the library's own use.
  void add(const metadata_grant& grant) noexcept;
  void add(const error_detail_grant& grant) noexcept { error_detail_ = grant; }

private:
  std::array<metadata_grant, field_count> grants_{};
  std::size_t count_ = 0;
  field_set granted_{};
  field_set refused_{};
  error_detail_grant error_detail_{};
};

// Enables the options of the requested fields on an open socket: those of its family, and those of
// both families on a dual-stack socket. Options that the caller has enabled stay enabled.
//
// A hardware timestamp (Linux) also depends on the interfaces' settings, which may change at any
// time. If none of them stamps received packets, the field is granted with a
// metadata_grant::absence where it is wanted, and refused where it is required. Other flags of
// SO_TIMESTAMPING remain.
//
// If a required field is refused, sets `error` to the system's reason; the report is complete
// nevertheless, so `first_missing()` names the field. A refused wanted field is not an error.
ANCILLARY_API metadata_report request_metadata(asio::ip::udp::socket& socket,
                                               const metadata_request& request,
                                               std::error_code& error);

// The same, but throws std::system_error; the message names the missing field, the option, the
// system's reason and the system that supports it.
ANCILLARY_API metadata_report request_metadata(asio::ip::udp::socket& socket,
                                               const metadata_request& request);

// The same for sockets that are not Asio's.
ANCILLARY_API metadata_report request_metadata(asio::ip::udp::socket::native_handle_type socket,
                                               const metadata_request& request,
                                               std::error_code& error);
ANCILLARY_API metadata_report request_metadata(asio::ip::udp::socket::native_handle_type socket,
                                               const metadata_request& request);

} // namespace ancillary

template <>
struct std::is_error_code_enum<ancillary::metadata_errc> : std::true_type {};
