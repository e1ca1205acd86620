#include "command_line.hpp"

#include "arguments.hpp"
#include "metadata_kinds.hpp"
#include "values.hpp"
#include <ancillary/recvmsg/receive_options.hpp>

#include <limits>
#include <stdexcept>
#include <utility>

namespace tool {
namespace {

output_format parse_format(std::string_view text) {
  if (text == "table") {
    return output_format::table;
  }
  if (text == "jsonl") {
    return output_format::json_lines;
  }
  if (text == "none") {
    return output_format::none;
  }
  reject(text, "is an unknown format; use table, jsonl or none");
}

top_by parse_top_by(std::string_view text) {
  if (text == "peer") {
    return top_by::peer;
  }
  if (text == "destination") {
    return top_by::destination;
  }
  if (text == "dscp") {
    return top_by::dscp;
  }
  reject(text, "is unknown; use peer, destination or dscp");
}

std::chrono::nanoseconds parse_top_interval(const std::string& text) {
  if (text.empty()) {
    return std::chrono::seconds(1);
  }
  if (text.find(':') != std::string::npos) {
    reject(text, "is not a number of seconds; write the address before --top, or --top=1");
  }
  return parse_seconds(text);
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
         "Join a multicast group, on an interface given by name, index or address, or on all that "
         "deliver multicast; with a source, only for what that address sends. Follows interfaces "
         "that come, go or are renamed. Repeatable")
      ->type_name("GROUP[@INTERFACE][=SOURCE]")
      ->allow_extra_args(false);
}

void add_view(CLI::App& app, command_line& to) {
  auto* const top =
      add(app, "--top", "[SECONDS]",
          "Instead of datagrams, show a table of the busiest peers that is renewed at "
          "this interval. Default: 1",
          [&to](const std::string& text) {
            to.top_interval = parse_top_interval(text);
            to.format = output_format::none;
          });
  top->expected(0, 1)->excludes("--format");
  add(app, "--by", "FIELD", "Rows of --top: peer, destination or dscp. Default: peer",
      [&to](const std::string& text) { to.by = parse_top_by(text); })
      ->needs(top);
  app.add_flag("--histogram", to.histogram,
               "At the end, print how sizes and times between arrivals are distributed");
  add(app, "--rate-limit", "N",
      "Print at most this many datagrams a second; those left out are counted",
      [&to](const std::string& text) {
        to.lines_per_second =
            parse_whole_number(text, 1, std::numeric_limits<std::uint64_t>::max());
      })
      ->excludes(top);
  app.add_flag("--names", to.service_names,
               "Print the name of the remote port, such as domain for 53, if it has one");
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
  app.add_flag("--reuse", to.reuse,
               "Share the port with other sockets that allow it, too (SO_REUSEADDR): each receives "
               "multicast and broadcast datagrams, but only one of them a unicast datagram");
}

// Throws CLI::ValidationError.
void check_capture(const CLI::App& app, command_line& arguments) {
  const capture_options& capture = arguments.capture;
  if (capture.has_limits() && !capture.is_on()) {
    throw CLI::ValidationError("--pcapng-max", "needs --pcapng FILE");
  }
  if (capture.pause_on_full && !capture.is_on()) {
    throw CLI::ValidationError("--pause-on-full", "needs --pcapng FILE");
  }
  if (!capture.is_standard_output()) {
    return;
  }
  if (capture.has_limits()) {
    throw CLI::ValidationError("--pcapng-max", "needs a file name, not standard output");
  }
  if (arguments.top_interval) {
    throw CLI::ValidationError("--top",
                               "standard output has the capture of --pcapng -; use a file");
  }
  if (app.count("--format") != 0 && arguments.format != output_format::none) {
    throw CLI::ValidationError(
        "--format", "standard output has the capture of --pcapng -; use --format none or a file");
  }
  arguments.format = output_format::none;
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
  app.add_flag("--pause-on-full", to.capture.pause_on_full,
               "While the capture's output is slower than the network, receive nothing instead of "
               "leaving datagrams out of the capture; the system then drops what its receive "
               "buffer cannot hold");
  app.callback([&] { check_capture(app, to); }); // with all options
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
  add_view(app, arguments);
  add_capture(app, arguments);
  add_version(app);
  if (const auto status = parse(app, argc, argv)) {
    return {std::nullopt, *status};
  }
  return {std::move(arguments), 0};
}

} // namespace tool
