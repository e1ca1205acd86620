// Records datagrams in a capture file (pcapng) without slowing the receive loop.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/pcapng/blocks.hpp>
#include <ancillary/recvmsg/packet.hpp>

#include <asio/ip/udp.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <system_error>

namespace ancillary {

namespace detail {
class recorder_core;
}

// The values of a packet for a pcapng block. `local`: what its socket is bound to, for the
// destination port. Without a timestamp that is a time of day, the time of this call is the time of
// reading. The payload refers to the packet.
[[nodiscard]] ANCILLARY_API pcapng::datagram to_datagram(const packet& from,
                                                         const asio::ip::udp::endpoint& local);

// Where a recorder writes. Its thread alone calls these functions; they may block. An exception
// counts as an error.
class ANCILLARY_API capture_output {
public:
  virtual ~capture_output() = default;

  // Bytes that are in the file, and why it is not all of them.
  struct result {
    std::size_t written_bytes = 0; // less than all of them only with an error
    std::error_code error = {};    // why writing failed
  };

  // Appends whole blocks. After an error nothing more is written; datagrams whose blocks are
  // within `written_bytes` count as written. The file should then end with a whole block, so remove
  // a part of one (pcapng::first_block tells where each ends).
  virtual result write(std::span<const std::byte> blocks) = 0;

  // Begins another file, after a limit of recorder_options. Its section header follows.
  virtual std::error_code next_file() { return {}; }
};

// How a recorder writes.
struct recorder_options {
  // The program's name and version, for the file.
  std::string application = {};
  // The most bytes of a packet, with its IP header; 0: no limit.
  std::uint32_t snap_bytes = 0;
  // Memory for blocks that wait to be written, twice: while one half is written, the other is
  // filled. A datagram that finds it full is lost to the capture and counted. At least 4,096.
  std::size_t buffer_bytes = 16u << 20;
  // A block is written at most this long after its datagram arrived, if the output keeps up.
  std::chrono::milliseconds flush_interval{100};
  // Another file begins before a datagram that would make this one larger, and after this time
  // from its beginning, once it has a datagram. 0: no limit. Each file has its own section header,
  // descriptions and statistics; the statistics count from the start of the capture. A file larger
  // than the limit holds a single datagram.
  std::uint64_t file_bytes = 0;
  // See `file_bytes`.
  std::chrono::nanoseconds file_time{0};
  // Called once, on the recorder's thread, when writing has failed: nothing more is written. Must
  // not throw.
  std::function<void(std::error_code)> on_error = {};
};

// What became of the datagrams that a recorder's taps have seen. After finish(),
// received = written + buffer_full + write_failed.
struct recorder_counters {
  std::uint64_t received = 0;     // seen by the taps
  std::uint64_t written = 0;      // by the output
  std::uint64_t buffer_full = 0;  // lost because the output was slower than the network
  std::uint64_t write_failed = 0; // lost because the output had failed
  std::uint64_t files = 0;        // begun
  std::uint64_t bytes = 0;        // written, of all files

  // Bytes of the buffer that wait to be written, at this moment; recorder_options::buffer_bytes at
  // most.
  std::size_t waiting_bytes = 0;
};

// The observer to give to with_tap(). Copies belong to the same recorder, and each may be used on
// another thread; each is for one socket, and should see all of its datagrams: what the kernel
// dropped before the first of them counts as lost. Costs the loop the headers, the checksum and two
// copies of the datagram; taps of one recorder take turns for that.
class ANCILLARY_API recorder_tap {
public:
  // Records a datagram. Never blocks for the output.
  void operator()(const packet& each) noexcept;

private:
  friend class recorder;
  explicit recorder_tap(std::shared_ptr<detail::recorder_core> core) noexcept;

  std::shared_ptr<detail::recorder_core> core_;
  std::uint32_t dropped_total_ = 0; // the last that the socket reported, which it does not before
                                    // the first drop
};

// Copies datagrams into a buffer, which a thread of its own writes.
//
//   ancillary::recorder recorder(std::make_unique<my_file>());
//   ancillary::receiver receiver(io, endpoint, ancillary::with_tap(handler, recorder.tap()),
//                                options);
//   recorder.bound_to(receiver.local_endpoint());
//   receiver.start();
//   io.run();
//   recorder.finish();
//
// Request the metadata that the file should have: the headers are made from it. With
// field::dropped_total, the kernel's drops are in the file's statistics and in front of the
// datagram that they precede.
//
// Its functions may be called on any thread. A tap may outlive its recorder; what it sees after
// finish() is neither recorded nor counted.
class ANCILLARY_API recorder {
public:
  // Starts the thread, which writes the section header at once. Throws std::system_error if there
  // is no thread to be had, std::bad_alloc without memory for the buffers, and
  // std::invalid_argument if `buffer_bytes` is too small.
  explicit recorder(std::unique_ptr<capture_output> output, recorder_options options = {});
  // Calls finish().
  ~recorder();
  recorder(const recorder&) = delete;
  recorder& operator=(const recorder&) = delete;

  // An observer for one socket.
  [[nodiscard]] recorder_tap tap() const;

  // What the socket is bound to: the destination port of its datagrams, 0 until this is called.
  // Call it before receiving starts. One recorder is for one port.
  void bound_to(const asio::ip::udp::endpoint& local);

  // Writes what waits, then the statistics, and ends the thread. Takes as long as the output does.
  // Not allowed inside on_error.
  void finish();

  // A snapshot.
  [[nodiscard]] recorder_counters counters() const;

private:
  std::shared_ptr<detail::recorder_core> core_;
};

} // namespace ancillary
