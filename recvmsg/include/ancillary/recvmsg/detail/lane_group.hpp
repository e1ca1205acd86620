// The sockets, contexts and threads of lanes: the part that does not depend on the handler.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/detail/asio_classes.hpp>
#include <ancillary/recvmsg/detail/receive_loop.hpp>
#include <ancillary/recvmsg/handler.hpp>
#include <ancillary/recvmsg/lane_steering.hpp>
#include <ancillary/recvmsg/passed_sockets.hpp>
#include <ancillary/recvmsg/receive_error.hpp>
#include <ancillary/recvmsg/receive_options.hpp>
#include <ancillary/recvmsg/send_counters.hpp>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
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

  // Where a running process offers its port, see lanes::hand_over(): the path of a Unix socket.
  // This process then replaces that one. The constructor asks it for its sockets and waits until it
  // has stopped and has delivered what it had received; the other datagrams wait in the sockets.
  // Then start() receives, so call it soon: load before what takes long. Nothing is lost while the
  // receive buffers have room, and nothing is doubled. Flows keep their lanes, and the sockets
  // their options and groups. If this process fails or ends before start(), the other goes on.
  // `count` must be 0 or the other's. If nobody listens at the path, the port is opened as usual.
  // Empty: does not ask. Linux.
  std::string take_over = {};

  // For each lane; memory and receive buffer count per lane (on Windows, one receive buffer).
  receive_options receive{};
};

namespace detail {

class lane_reader;
class port_offer;
class port_taker;

class ANCILLARY_API lane_group final : public receive_control {
public:
  lane_group(const asio::ip::udp::endpoint& endpoint, const lane_options& options,
             asio_classes_here = {});
  lane_group(passed_sockets sockets, const lane_options& options, asio_classes_here = {});
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
  void finish() noexcept;
  void join();
  void hand_over(const std::string& path);
  [[nodiscard]] bool handed_over() const noexcept { return handed_over_.load(); }

  // For port_offer, on its thread. The native handles in the order of the lanes.
  [[nodiscard]] std::vector<asio::ip::udp::socket::native_handle_type> sockets() const;
  // Stops receiving and waits until all that was received has been delivered, while goes_on() is
  // true; also if the lanes end by themselves. False: it has not been delivered.
  [[nodiscard]] bool pause(const std::function<bool()>& goes_on);
  // Whether resume() would receive again.
  [[nodiscard]] bool goes_on();
  // After pause(), also a failed one: resume() receives again, or, after leave(), ends the lanes,
  // because another process receives.
  void leave() noexcept;
  void resume() noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] receive_loop& loop(std::size_t lane) const;
  [[nodiscard]] receive_counters counters() const noexcept override;
  [[nodiscard]] receive_counters counters(std::size_t lane) const;
  [[nodiscard]] send_counters reply_counters() const noexcept;

private:
  [[nodiscard]] asio::io_context& context_of(std::size_t lane) noexcept;
  void read_for_lanes();
  void report_errors_of_reader(std::function<void(std::size_t, const receive_error&)> handler);
  void make_contexts(bool a_socket_each);
  [[nodiscard]] bool receives_by_processor() const;
  void take_over(const lane_options& options);
  void adopt(passed_sockets sockets, const lane_options& options, const std::string& whose);
  [[nodiscard]] std::shared_ptr<asio::ip::udp::socket> open_socket(std::size_t lane);
  [[nodiscard]] std::error_code apply_steering(bool replaces) noexcept;
  void restore_sockets() noexcept;
  void own_sockets();
  void wind_up(receive_loop& loop);
  void start_threads();
  void ask_to_stop() noexcept;
  void wind_down() noexcept;
  void run(std::size_t lane) noexcept;
  void wait_for_threads();

  std::size_t count_;
  const lane_steering steering_;
  const std::size_t queue_;
  const bool joins_used_port_;
  const receive_options options_;
  asio::ip::udp::endpoint endpoint_;

  bool processors_ = false; // each lane's socket receives from one processor (Windows)

  // One per lane, or one for all lanes on systems that bind a socket to a completion port: there
  // all loops of a socket share its context.
  std::vector<std::unique_ptr<asio::io_context>> contexts_;
  std::vector<std::shared_ptr<receive_loop>> loops_;
  std::shared_ptr<lane_reader> reader_; // null unless lanes of one socket are steered by content
  std::vector<std::thread> threads_;

  std::vector<std::shared_ptr<asio::ip::udp::socket>> adopted_; // empty: the group opens its own
  std::unique_ptr<port_taker> before_; // whom this process replaces, until start()

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t running_ = 0;                                                        // threads
  std::vector<asio::executor_work_guard<asio::io_context::executor_type>> guards_; // while paused
  bool is_paused_ = false;  // for another process, which may fail
  bool stop_asked_ = false; // resume() does not start again
  std::exception_ptr failure_;
  std::atomic<bool> handed_over_{false};
  std::unique_ptr<port_offer> offer_; // its thread uses all of the above
};

} // namespace detail

} // namespace ancillary
