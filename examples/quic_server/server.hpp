// Routes datagrams to connections, starts new ones, and lets them write in turn.
#pragma once

#include "connection.hpp"
#include "connection_table.hpp"
#include "network.hpp"
#include "outbox.hpp"
#include "stateless.hpp"
#include "summary.hpp"

#include <asio/io_context.hpp>
#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

struct server_options {
  network_options network;
  std::string certificate_file; // with its key; empty: self-signed
  std::string key_file;
  std::string qlog_directory;
  ngtcp2_cc_algo congestion_control = NGTCP2_CC_ALGO_CUBIC;
  // Unfinished handshakes above which a client first has to show that it receives at its address
  // (Retry); 0: always.
  std::size_t retry_above = 256;
};

class server : private datagram_sink {
public:
  // Throws std::exception.
  server(asio::io_context& io, const server_options& options);

  // Closes all connections and stops receiving; the io_context then runs out of work.
  void shut_down();

  [[nodiscard]] asio::ip::udp::endpoint local_endpoint() const {
    return network_->local_endpoint();
  }

  // Members of a JSON object.
  void report(std::ostream& out) const;

private:
  void receive(datagram& received) override;
  void end_of_batch() override { pump(); }

  void accept(datagram& received, const ngtcp2_cid& id);
  void wake(connection& waiting);
  void pump();
  void continue_later();

  asio::io_context& io_;
  std::size_t retry_above_;
  tls_credentials credentials_;
  server_secret secret_;
  summary totals_;
  connection_environment environment_;
  connection_table table_; // its connections use the environment
  std::unique_ptr<network> network_;
  outbox outbox_;
  stateless_answers answers_;
  std::vector<std::shared_ptr<connection>> waiting_; // connections that want to write
  std::vector<std::shared_ptr<connection>> turn_;
  bool pump_posted_ = false;
  bool waits_for_room_ = false;
};
