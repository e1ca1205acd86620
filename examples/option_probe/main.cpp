// option_probe: shows which IPPROTO_IP options of Windows this machine supports, with their values.
//
//   option_probe               a table of all options for IPv4
//   option_probe --ipv6        their IPv6 counterparts
//   option_probe --json        the same as JSON
//   option_probe --markdown    the reference for all systems: docs/socket-options.md
#include "print.hpp"
#include <ancillary/recvmsg/describe.hpp>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  CLI::App app("Probes the IPPROTO_IP socket options of this machine");
  app.get_formatter()->column_width(34); // help2man needs two spaces before a description
  bool ipv6 = false;
  bool json = false;
  bool markdown = false;
  app.add_flag("--ipv6", ipv6, "Probe the IPPROTO_IPV6 counterparts");
  auto* const json_flag = app.add_flag("--json", json, "Print JSON");
  app.add_flag("--markdown", markdown, "Print the option reference as Markdown, without probing")
      ->excludes(json_flag);
  CLI11_PARSE(app, argc, argv);

  try {
    if (markdown) {
      option_probe::print_markdown(std::cout);
      return 0;
    }
    const auto family = ipv6 ? ancillary::ip_family::v6 : ancillary::ip_family::v4;
    const auto rows = option_probe::probe_all(family);
    if (json) {
      option_probe::print_json(std::cout, rows, family);
    } else {
      option_probe::print_table(std::cout, rows);
    }
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "option_probe: " << ancillary::describe(error) << '\n';
    return 1;
  }
}
