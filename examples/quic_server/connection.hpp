// One QUIC connection: ngtcp2, TLS and HTTP/3 together.
#pragma once

#include "connection_table.hpp"
#include "http3_session.hpp"
#include "network.hpp"
#include "outbox.hpp"
#include "secret.hpp"
#include "summary.hpp"
#include "tls.hpp"

#include <asio/steady_timer.hpp>
#include <cstdint>
#include <fstream>
#include <functional>
#include <memory>
#include <ngtcp2/ngtcp2.h>
#include <optional>
#include <string>
#include <vector>

// What connections share.
struct connection_environment {
  asio::io_context& io;
  const tls_credentials& credentials;
  const server_secret& secret;
  connection_table& table;
  summary& totals;
  std::string qlog_directory; // empty: no logs
  ngtcp2_cc_algo congestion_control = NGTCP2_CC_ALGO_CUBIC;
  // The connection wants to write, or is over.
  std::function<void(connection&)> wake;
  std::size_t in_handshake = 0; // unfinished handshakes
};

class connection : public std::enable_shared_from_this<connection> {
public:
  // `first` is the header of the client's first packet. `original` is the ID that it used before a
  // Retry.
  connection(connection_environment& environment, const ngtcp2_pkt_hd& first,
             const std::optional<ngtcp2_cid>& original, network_path path);
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection();

  enum class verdict : std::uint8_t { handled, retry };
  verdict read(datagram& received);

  // Writes what may be sent now, up to the pacer's quantum. Returns whether there is more.
  bool write(outbox& out);

  // Tells the client that the server ends.
  void shut_down();

  [[nodiscard]] bool over() const { return state_ == state::over; }
  // The ID that the client uses from the second packet on.
  [[nodiscard]] const ngtcp2_cid& own_id() const { return own_id_; }

  bool queued = false; // for the server: it is in the list of those that want to write

private:
  friend struct connection_events;

  // RFC 9000, 10: closing answers packets with CONNECTION_CLOSE, draining is silent.
  enum class state : std::uint8_t { open, closing, draining, over };

  void make_transport(const ngtcp2_pkt_hd& first, const std::optional<ngtcp2_cid>& original,
                      network_path& path);
  void open_log();
  ngtcp2_ssize write_packet(std::span<std::uint8_t> room, ngtcp2_path& path, ngtcp2_pkt_info& info,
                            ngtcp2_tstamp when);
  void fail(int transport_error);
  void fail_http(int http_error);
  void count_close_of_client();
  void close();
  void linger(state until_then);
  void expire();
  void arm_timer();

  connection_environment& environment_;
  bool in_handshake_ = true;
  ngtcp2_cid own_id_{};
  ngtcp2_crypto_conn_ref reference_{};
  std::ofstream log_;
  ngtcp2_conn* transport_ = nullptr;
  std::unique_ptr<tls_session> tls_;
  std::unique_ptr<http3_session> http_;

  state state_ = state::open;
  ngtcp2_connection_close_error close_reason_{};
  std::vector<std::uint8_t> close_packet_;
  network_path close_path_;
  std::uint8_t close_ecn_ = 0;
  bool close_wanted_ = false; // to be sent at the next write
  std::uint64_t packets_while_closing_ = 0;

  asio::steady_timer timer_;
  ngtcp2_tstamp armed_ = UINT64_MAX;
  ngtcp2_tstamp linger_end_ = UINT64_MAX;
};
