// Writes datagrams as a capture file in the pcapng format.
#pragma once

#include "ancillary/decoders/export.hpp"
#include "ancillary/pcapng/blocks.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <unordered_map>
#include <vector>

namespace ancillary::pcapng {

// What a writer writes.
struct writer_options {
  // The program's name and version, for section::application.
  std::string application = {};
  // The name of an interface by its index; called once for each, when its first datagram is
  // written. Empty, or an empty name: the interface has no name in the file.
  // `ancillary::interface_name` of ancillary/recvmsg/interface.hpp asks the system.
  std::function<std::string(std::uint32_t)> interface_name = {};
  // The most bytes of a packet, with its IP header; 0: no limit.
  std::uint32_t snap_bytes = 0;
  // Larger payloads are not expected. Only determines how much memory is reserved at first.
  std::size_t payload_bytes = 2048;
};

// What became of the datagrams of one interface.
struct interface_account {
  // nullopt: of datagrams whose interface was not reported.
  std::optional<std::uint32_t> index = {};
  std::uint64_t received = 0; // calls of write()
  std::uint64_t lost = 0;     // of these, those that the output refused
};

// Turns datagrams into blocks and hands them to the caller's output. The section header is written
// with the first call, an interface's description before its first datagram.
//
//   std::ofstream file("capture.pcapng", std::ios::binary);
//   ancillary::pcapng::writer writer([&](std::span<const std::byte> blocks) {
//     file.write(reinterpret_cast<const char*>(blocks.data()),
//                static_cast<std::streamsize>(blocks.size()));
//     return file ? std::error_code() : std::make_error_code(std::errc::io_error);
//   });
//   writer.write(datagram);
//
// Not thread-safe. No allocation per datagram: the buffer for one block grows to the largest
// datagram, and the table of interfaces with each new one.
class ANCILLARY_DECODERS_API writer {
public:
  // Takes whole blocks, one or several, of which it keeps all or none: after an error, the blocks
  // count as not written. Called inside the functions below.
  using output = std::function<std::error_code(std::span<const std::byte> blocks)>;

  // Writes nothing yet.
  explicit writer(output to, writer_options options = {});

  // Writes the section header, if no other call has done it. Returns the output's error.
  std::error_code begin();

  // Writes a datagram. After an error it counts as lost; the next one that is written says so in
  // its comment and in epb_dropcount, in addition to what the caller set. What the lost datagram
  // said about losses before it is kept for that one, too.
  std::error_code write(const datagram& from);

  // Writes the statistics of each interface, at the end of a file. `dropped_by_system`: what the
  // kernel dropped on the socket since the start. It knows no interface for these, so they are
  // in the statistics of the first one, and a comment says so if there are several.
  std::error_code write_statistics(std::chrono::nanoseconds start, std::chrono::nanoseconds end,
                                   std::optional<std::uint64_t> dropped_by_system = {});

  // In the order of their numbers in the file.
  [[nodiscard]] std::span<const interface_account> interfaces() const noexcept {
    return interfaces_;
  }

private:
  [[nodiscard]] std::uint32_t id_of(const std::optional<std::uint32_t>& index);
  [[nodiscard]] std::uint32_t add_interface(const std::optional<std::uint32_t>& index);
  [[nodiscard]] std::size_t put_section();
  [[nodiscard]] std::size_t put_descriptions(std::size_t at);
  std::error_code hand_over(std::size_t bytes);

  output output_;
  writer_options options_;
  std::vector<std::byte> buffer_;
  std::vector<interface_account> interfaces_;
  std::vector<std::string> names_;  // of the interfaces
  std::size_t described_count_ = 0; // interfaces whose description is in the file
  std::unordered_map<std::uint32_t, std::uint32_t> id_by_index_;
  std::optional<std::uint32_t> id_of_unknown_;
  std::uint32_t last_id_ = 0;        // most datagrams come by the interface of the one before
  bool begun_ = false;               // the section header is in the file
  std::uint64_t lost_at_socket_ = 0; // since the last datagram that was written
  std::uint64_t lost_at_capture_ = 0;
};

// The statistics of one interface, as write_statistics() makes them: `account`, and what the kernel
// dropped on the socket (see there). Interface 0 gets the latter.
[[nodiscard]] ANCILLARY_DECODERS_API interface_statistics
statistics_of(std::uint32_t interface_id, const interface_account& account,
              std::size_t interface_count, std::optional<std::uint64_t> dropped_by_system) noexcept;

} // namespace ancillary::pcapng
