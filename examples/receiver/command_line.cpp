#include "command_line.hpp"

#include "addresses.hpp"
#include "metadata_kinds.hpp"
#include "values.hpp"
#include <ancillary/recvmsg/receive_options.hpp>

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <limits>
#include <stdexcept>

namespace tool {
namespace {

constexpr int wrong_arguments = 2;

// Adds an option that `take` parses; its errors are reported with the option's name.
CLI::Option* add(CLI::App& app, const std::string& name, const std::string& type,
                 const std::string& help, std::function<void(const std::string&)> take) {
  const auto read = [name, taken_by = std::move(take)](const std::string& text) {
    try {
      taken_by(text);
    } catch (const std::invalid_argument& problem) {
      throw CLI::ValidationError(name, problem.what());
    }
  };
  return app.add_option_function<std::string>(name, read, help)->type_name(type);
}

std::size_t parse_size(const std::string& text, std::uint64_t most) {
  return static_cast<std::size_t>(parse_whole_number(text, 1, most));
}

void add_what(CLI::App& app, command_line& to) {
  add(app, "address", "ADDRESS:PORT",
      "Address to listen on, ADDRESS:PORT or [ADDRESS6]:PORT; port 0: any free port; [::] receives "
      "IPv4 as well. Default: 0.0.0.0:9000",
      [&to](const std::string& text) { to.listen = parse_endpoint(text); });
  add(app, "--want", "LIST",
      "Metadata to request, separated by commas: " + known_kinds() + ", or all. Default: all",
      [&to](const std::string& text) { to.wanted = parse_kinds(text); });
  add(app, "--require", "LIST",
      "Exit with an error if any of these is unavailable; same names as for --want. On Windows, a "
      "datagram may lack a granted timestamp, and on Linux a hardware timestamp",
      [&to](const std::string& text) { to.required = parse_kinds(text); });
  app.add_option_function<std::vector<std::string>>(
         "--join",
         [&to](const std::vector<std::string>& texts) {
           try {
             for (const std::string& text : texts) {
               to.joins.push_back(parse_join(text));
             }
           } catch (const std::invalid_argument& problem) {
             throw CLI::ValidationError("--join", problem.what());
           }
         },
         "Join a multicast group, on an interface given by name, index or address. Repeatable")
      ->type_name("GROUP[@INTERFACE]")
      ->allow_extra_args(false);
}

void add_how(CLI::App& app, command_line& to) {
  constexpr std::uint64_t most_batch = 1024;    // limit of recvmmsg (UIO_MAXIOV)
  constexpr std::uint64_t most_payload = 65535; // limit of UDP's length field
  constexpr auto most_buffer =
      static_cast<std::uint64_t>(std::numeric_limits<int>::max()); // SO_RCVBUF is an int

  add(app, "--format", "FORMAT",
      "table; jsonl: one JSON object per datagram; none: count only. Default: table",
      [&to](const std::string& text) { to.format = parse_format(text); });
  add(app, "--count", "N", "Exit after N datagrams", [&to](const std::string& text) {
    to.count = parse_whole_number(text, 1, std::numeric_limits<std::uint64_t>::max());
  });
  add(app, "--duration", "SECONDS", "Exit after this time",
      [&to](const std::string& text) { to.duration = parse_seconds(text); });
  add(app, "--stats", "SECONDS", "Print rates to standard error at this interval",
      [&to](const std::string& text) { to.stats_interval = parse_seconds(text); });
  add(app, "--batch", "N",
      "Datagrams per receive call. Default: " +
          std::to_string(ancillary::receive_options::default_batch) + ", or " +
          std::to_string(ancillary::receive_options::default_coalesced_batch) + " with coalescing",
      [&to](const std::string& text) { to.batch = parse_size(text, most_batch); });
  add(app, "--payload-capacity", "BYTES",
      "Payload size to receive; longer datagrams are truncated and flagged. Default: " +
          std::to_string(to.payload_capacity),
      [&to](const std::string& text) { to.payload_capacity = parse_size(text, most_payload); });
  add(app, "--receive-buffer", "BYTES",
      "Size of the socket's receive buffer. Default: the system's", [&to](const std::string& text) {
        to.receive_buffer_bytes = static_cast<int>(parse_size(text, most_buffer));
      });
}

void add_capture(CLI::App& app, command_line& to) {
  add(app, "--pcapng", "FILE",
      "Capture to this file, for Wireshark; it is overwritten. -: to standard output, and --format "
      "is none then",
      [&to](const std::string& text) {
        if (text.empty()) {
          reject(text, "is no file name; use - for standard output");
        }
        to.capture.file = text;
      });
  add(app, "--pcapng-max", "SIZE|TIME",
      "Begin another capture file after this size (500k, 100M, 2G), this time (30s, 5min, 1h), or "
      "both (100M,1h); FILE.pcapng becomes FILE_00001_20261127105500.pcapng, and so on (UTC)",
      [&to](const std::string& text) { to.capture.limits = parse_capture_limits(text); });
}

// Throws CLI::ValidationError.
void check_capture(const CLI::App& app, command_line& arguments) {
  const capture_options& capture = arguments.capture;
  if (capture.has_limits() && !capture.is_on()) {
    throw CLI::ValidationError("--pcapng-max", "needs --pcapng FILE");
  }
  if (!capture.is_standard_output()) {
    return;
  }
  if (capture.has_limits()) {
    throw CLI::ValidationError("--pcapng-max", "needs a file name, not standard output");
  }
  if (app.count("--format") != 0 && arguments.format != output_format::none) {
    throw CLI::ValidationError(
        "--format", "standard output has the capture of --pcapng -; use --format none or a file");
  }
  arguments.format = output_format::none;
}

} // namespace

parse_result parse_command_line(int argc, const char* const* argv) {
  command_line arguments;
  arguments.wanted = all_kinds();
  CLI::App app("Receives UDP datagrams and prints the metadata of each: destination address, "
               "interface, TTL, TOS, ECN and more.",
               "receiver");
  app.footer(
      "Example: receiver 0.0.0.0:9000 --require destination,ttl --format jsonl\n"
      "In the table, ~ marks the time of reading of a datagram without a timestamp.\n"
      "Prints all counters at the end: after --count, --duration, Ctrl-C or SIGTERM.\n"
      "Exit status: 0 on success, 1 if set-up or receiving failed, 2 for invalid arguments.");
  add_what(app, arguments);
  add_how(app, arguments);
  add_capture(app, arguments);
  try {
    app.parse(argc, argv);
    check_capture(app, arguments);
  } catch (const CLI::Success& help) {
    return {std::nullopt, app.exit(help)};
  } catch (const CLI::Error& problem) {
    std::cerr << "receiver: " + std::string(problem.what()) + " (see receiver --help)\n";
    return {std::nullopt, wrong_arguments};
  }
  return {std::move(arguments), 0};
}

} // namespace tool
