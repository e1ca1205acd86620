// A QUIC and HTTP/3 server on the library: ngtcp2 does the protocol, GnuTLS the handshake,
// Ancillary the datagrams.
//
//   quic_server 4433                              on all addresses, IPv4 and IPv6
//   gtlsclient --exit-on-all-streams-close 192.0.2.1 4433 https://localhost/1000000
//
// GET /NUMBER returns that many bytes, POST returns the request's body. On SIGINT or SIGTERM it
// closes its connections and prints its counters as one line of JSON.

#include "server.hpp"
#include <ancillary/recvmsg/describe.hpp>

#include <asio/signal_set.hpp>
#include <chrono>
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <map>
#include <sys/resource.h>

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void print_summary(const server& finished) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::cout << '{';
  finished.report(std::cout);
  std::cout << ",\"user_seconds\":" << seconds(usage.ru_utime)
            << ",\"system_seconds\":" << seconds(usage.ru_stime) << "}" << std::endl;
}

int run(const server_options& options) {
  asio::io_context io(1);
  server quic(io, options);
  std::cerr << "listening on " << quic.local_endpoint() << std::endl;
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](std::error_code error, int) {
    if (!error) {
      quic.shut_down();
    }
  });
  io.run();
  print_summary(quic);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("A QUIC and HTTP/3 server: GET /NUMBER returns that many bytes, POST echoes");
  server_options options;
  std::string address = "::";
  std::uint16_t port = 0;
  bool no_segments = false;
  app.add_option("PORT", port, "0: the system chooses")->required();
  app.add_option("--address", address, "to listen on")->capture_default_str();
  app.add_option("--certificate", options.certificate_file, "PEM file; default: self-signed")
      ->needs(app.add_option("--key", options.key_file, "PEM file"));
  app.add_option("--qlog", options.qlog_directory, "directory for one log for each connection");
  const std::map<std::string, ngtcp2_cc_algo> algorithms{{"cubic", NGTCP2_CC_ALGO_CUBIC},
                                                         {"reno", NGTCP2_CC_ALGO_RENO},
                                                         {"bbr2", NGTCP2_CC_ALGO_BBR2}};
  app.add_option("--congestion-control", options.congestion_control, "cubic, reno or bbr2")
      ->transform(CLI::CheckedTransformer(algorithms, CLI::ignore_case));
  app.add_option("--retry-above", options.retry_above,
                 "unfinished handshakes above which new clients get a Retry; 0: always")
      ->capture_default_str();
  app.add_flag("--no-segments", no_segments, "neither GSO nor GRO");
  app.add_option("--receive-buffer", options.network.receive_buffer_bytes, "SO_RCVBUF in bytes");
  app.add_option("--send-buffer", options.network.send_buffer_bytes, "SO_SNDBUF in bytes");
  CLI11_PARSE(app, argc, argv);
  try {
    options.network.endpoint = {asio::ip::make_address(address), port};
    options.network.dual_stack = options.network.endpoint.address().is_v6();
    options.network.segments = !no_segments;
    return run(options);
  } catch (const std::exception& problem) {
    std::cerr << "quic_server: " << ancillary::describe(problem) << '\n';
    return 1;
  }
}
