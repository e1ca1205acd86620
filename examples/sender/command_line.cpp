#include "command_line.hpp"

#include "addresses.hpp"
#include "arguments.hpp"
#include "values.hpp"

#include <limits>
#include <string_view>
#include <utility>

namespace tool {
namespace {

constexpr std::uint64_t any_count = std::numeric_limits<std::uint64_t>::max();
// Of UDP over IPv4 without IP options (RFC 768, RFC 791); also the most that is segmented.
constexpr std::uint64_t most_payload = 65507;
constexpr auto default_linger = std::chrono::seconds(1);

sent_format parse_format(std::string_view text) {
  if (text == "text") {
    return sent_format::text;
  }
  if (text == "jsonl") {
    return sent_format::json_lines;
  }
  if (text == "none") {
    return sent_format::none;
  }
  reject(text, "is an unknown format; use text, jsonl or none");
}

std::string parse_payload(const std::string& text) {
  if (text.size() > most_payload) {
    reject(text.substr(0, 8) + "...", "is longer than " + std::to_string(most_payload) + " bytes");
  }
  return text;
}

asio::ip::udp::endpoint parse_remote(const std::string& text) {
  const auto remote = parse_endpoint(text);
  if (remote.port() == 0) {
    reject(text, "has port 0, to which nothing can be sent; use a port from 1 to 65535");
  }
  if (remote.address().is_unspecified()) {
    reject(text, "is no address to send to; use one such as 127.0.0.1:9000 or [::1]:9000");
  }
  return remote;
}

void add_header(CLI::App& app, command_line& to) {
  add(app, "address", "ADDRESS:PORT",
      "Address to send to, ADDRESS:PORT or [ADDRESS6]:PORT; also a multicast group or, with "
      "--broadcast, a broadcast address",
      [&to](const std::string& text) { to.remote = parse_remote(text); })
      ->required();
  add(app, "--source", "ADDRESS[:PORT]",
      "Address of this host to send from, also with a port ([ADDRESS6]:PORT), or an IPv4 prefix "
      "such as 127.1.0.0/16: each datagram from the next address. Default: as the routes decide",
      [&to](const std::string& text) { to.source = parse_source_choice(text); });
  add(app, "--interface", "INTERFACE", "Interface to send by, given by name or index",
      [&to](const std::string& text) { to.interface_text = text; });
  add(app, "--ttl", "N", "TTL or hop limit, 1 to 255. Default: the system's; 1 to groups",
      [&to](const std::string& text) {
        to.hop_limit = static_cast<std::uint8_t>(parse_whole_number(text, 1, 255));
      });
  add(app, "--dscp", "DSCP", "0 to 63, or ef, af11 to af43, cs0 to cs7, le, va or be",
      [&to](const std::string& text) { to.dscp = parse_dscp(text); });
  add(app, "--ecn", "ECN", "none, ect0, ect1 or ce. Windows refuses to send ce",
      [&to](const std::string& text) { to.ecn = parse_ecn(text); });
  app.add_flag("--broadcast", to.broadcast, "Allow broadcast addresses (SO_BROADCAST)");
}

void add_payload(CLI::App& app, command_line& to) {
  auto* const text = add(app, "--payload", "TEXT", "Bytes to send, as written",
                         [&to](const std::string& bytes) { to.payload = parse_payload(bytes); });
  add(app, "--size", "BYTES",
      "Payload size, 0 to 65507. The first eight bytes are the datagram's number from 0, in "
      "network "
      "byte order, if they fit. Default: 64",
      [&to](const std::string& number) {
        to.payload_bytes = static_cast<std::size_t>(parse_whole_number(number, 0, most_payload));
      })
      ->excludes(text);
  add(app, "--segment", "BYTES",
      "Send each payload as datagrams of this size, split by the system or the adapter where it "
      "can "
      "(64 datagrams at most)",
      [&to](const std::string& number) {
        to.segment_bytes = static_cast<std::uint32_t>(parse_whole_number(number, 1, most_payload));
      });
}

void add_course(CLI::App& app, command_line& to) {
  auto* const count =
      add(app, "--count", "N", "Payloads to send. Default: 1, or with --duration no limit",
          [&to](const std::string& text) { to.count = parse_whole_number(text, 1, any_count); });
  add(app, "--rate", "N", "Payloads a second, up to 100 million. Default: as fast as possible",
      [&to](const std::string& text) {
        to.rate = static_cast<double>(parse_whole_number(text, 1, 100'000'000));
      });
  add(app, "--duration", "SECONDS", "Stop after this time", [&to, count](const std::string& text) {
    to.duration = parse_seconds(text);
    if (count->count() == 0) {
      to.count = any_count;
    }
  });
  add(app, "--format", "FORMAT",
      "text: a line for each payload; jsonl: one JSON object for each; none. Default: text",
      [&to](const std::string& text) { to.format = parse_format(text); });
  app.add_flag("--error-detail", to.error_detail,
               "Print for which datagram an error is: ICMP errors of routers and of the remote "
               "(IP_RECVERR)");
  add(app, "--linger", "SECONDS",
      "Time to wait for such errors after the last datagram. Default: 1",
      [&to](const std::string& text) { to.linger = parse_seconds(text); })
      ->needs("--error-detail");
}

} // namespace

parse_result parse_command_line(int argc, const char* const* argv) {
  command_line arguments;
  arguments.linger = default_linger;
  CLI::App app("Sends UDP datagrams with a chosen source, interface, TTL, DSCP and ECN.", "sender");
  app.footer("Example: sender 127.0.0.1:9000 --ttl 33 --dscp ef --ecn ect0 --payload hello\n"
             "Prints on standard error what the system refused.\n"
             "Exit status: 0 if everything was sent, 1 if not, 2 for invalid arguments.");
  add_header(app, arguments);
  add_payload(app, arguments);
  add_course(app, arguments);
  add_version(app);
  if (const auto status = parse(app, argc, argv)) {
    return {std::nullopt, *status};
  }
  return {std::move(arguments), 0};
}

} // namespace tool
