// The sockets, contexts and threads of lanes: the part that does not depend on the handler.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/detail/asio_classes.hpp>
#include <ancillary/recvmsg/detail/receive_loop.hpp>
#include <ancillary/recvmsg/handler.hpp>
#include <ancillary/recvmsg/lane_steering.hpp>
#include <ancillary/recvmsg/receive_error.hpp>
#include <ancillary/recvmsg/receive_options.hpp>
#include <ancillary/recvmsg/send_counters.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace ancillary {

// How many lanes receive, and how.
struct lane_options {
  // The number of threads and loops. 0: one per CPU (std::thread::hardware_concurrency()).
  std::size_t count = 0;

  // How the lane of a datagram is chosen.
  lane_steering steering = lane_steering::by_flow;

  // Windows, if `steering` is by content: the datagrams (or coalesced buffers) that may wait for
  // each lane, in slots of one receive_options::payload_capacity each. Further ones are dropped and
  // counted (receive_counters::lane_queue_full). 0: as many as 8 batches have.
  std::size_t queue = 0;

  // Whether to share a port that other lanes of this user have already. By default set-up fails
  // then: a server that was started twice would silently take a part of the flows, or, where the
  // first steers by_cpu, get nothing. Linux; on Windows two programs cannot share a port like this.
  bool join_used_port = false;

  // For each lane; memory and receive buffer count per lane (on Windows, one receive buffer).
  receive_options receive{};
};

namespace detail {

class lane_reader;

class ANCILLARY_API lane_group final : public receive_control {
public:
  lane_group(const asio::ip::udp::endpoint& endpoint, const lane_options& options,
             asio_classes_here = {});
  lane_group(const lane_group&) = delete;
  lane_group& operator=(const lane_group&) = delete;
  ~lane_group();

  // The socket for the next lane to add. Throws if it cannot be opened.
  [[nodiscard]] std::shared_ptr<asio::ip::udp::socket> next_socket();
  // Throws if the loop's set-up failed with `error`.
  void add(std::shared_ptr<receive_loop> loop, const std::error_code& error);
  void steer();

  void on_error(std::function<void(std::size_t, const receive_error&)> handler);
  void on_pause(std::function<void(std::size_t, bool)> handler);
  void start();
  void stop() noexcept override;
  void join();

  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] receive_loop& loop(std::size_t lane) const;
  [[nodiscard]] receive_counters counters() const noexcept override;
  [[nodiscard]] receive_counters counters(std::size_t lane) const;
  [[nodiscard]] send_counters reply_counters() const noexcept;

private:
  [[nodiscard]] asio::io_context& context_of(std::size_t lane) noexcept;
  void read_for_lanes();
  void report_errors_of_reader(std::function<void(std::size_t, const receive_error&)> handler);
  void run(std::size_t lane) noexcept;
  void wait_for_threads();

  const std::size_t count_;
  const lane_steering steering_;
  const std::size_t queue_;
  const bool joins_used_port_;
  const receive_options options_;
  asio::ip::udp::endpoint endpoint_;

  // One per lane, or one for all lanes on systems that bind a socket to a completion port: there
  // all loops of a socket share its context.
  std::vector<std::unique_ptr<asio::io_context>> contexts_;
  std::vector<std::shared_ptr<receive_loop>> loops_;
  std::shared_ptr<lane_reader> reader_; // null unless lanes of one socket are steered by content
  std::vector<std::thread> threads_;

  std::mutex mutex_;
  std::exception_ptr failure_;
};

} // namespace detail

} // namespace ancillary
