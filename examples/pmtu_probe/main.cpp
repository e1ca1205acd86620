// Finds the MTU of the path to a host by probes (packetization layer path MTU discovery, RFC 8899).
// It needs no ICMP, and is faster with it: then the error queue names the MTU.
//
//   pmtu_probe --reflect 9000                   at the other end
//   pmtu_probe 192.0.2.1 9000

#include "probe.hpp"

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
  CLI::App app("Finds the MTU of the path to a host");
  std::string address;
  std::uint16_t port = 0;
  std::uint16_t reflect_port = 0;
  std::uint32_t largest = 65535;
  unsigned timeout_ms = 1000; // RFC 8899, 5.1.1: not less, except on paths known to be short
  auto* const remote = app.add_option("ADDRESS", address, "of the reflector");
  auto* const remote_port = app.add_option("PORT", port, "of the reflector");
  remote->needs(remote_port);
  app.add_option("--largest", largest, "upper bound in bytes, with IP header")
      ->check(CLI::Range(68, 65535))
      ->capture_default_str();
  app.add_option("--timeout", timeout_ms, "milliseconds until a probe counts as lost")
      ->check(CLI::Range(1, 60'000))
      ->capture_default_str();
  app.add_option("--reflect", reflect_port, "answer probes on this port")->excludes(remote);
  app.failure_message(CLI::FailureMessage::help);
  CLI11_PARSE(app, argc, argv);
  try {
    asio::io_context io;
    if (app.count("--reflect") != 0) {
      reflect(io, reflect_port);
      return 0;
    }
    if (address.empty()) {
      std::cerr << app.help();
      return 2;
    }
    auto host = asio::ip::make_address(address);
    if (host.is_v6() && host.to_v6().is_v4_mapped()) {
      host = asio::ip::make_address_v4(asio::ip::v4_mapped, host.to_v6());
    }
    const asio::ip::udp::endpoint to(host, port);
    prober prober(io, to, largest, std::chrono::milliseconds(timeout_ms));
    prober.start();
    io.run();
    if (prober.path_mtu() == 0) {
      std::cerr << "pmtu_probe: no answer to " << prober.probes() << " probes\n";
      return 1;
    }
    std::cout << prober.path_mtu() << '\n';
    return 0;
  } catch (const std::exception& problem) {
    std::cerr << "pmtu_probe: " << ancillary::describe(problem) << '\n';
    return 1;
  }
}
