// whoami_dns [PORT]: an authoritative DNS server for the zone whoami.test (RFC 1035) that describes
// the query itself: A and AAAA hold the client's address, TXT all of the metadata.
//
//   kdig @127.0.0.5 -p 5300 whoami.test TXT

#include "support/example_arguments.hpp"
#include <ancillary/recvmsg.hpp>

#include <algorithm>
#include <asio/io_context.hpp>
#include <cctype>
#include <cstdint>
#include <exception>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace {

using ancillary::field;

constexpr std::string_view zone("\6whoami\4test\0", 13); // in wire format
constexpr std::size_t header_bytes = 12;
enum record_type : unsigned { a = 1, soa = 6, txt = 16, aaaa = 28, any = 255 };
enum response_code : unsigned { no_error, format_error, name_error = 3, not_implemented, refused };
constexpr unsigned class_in = 1;

struct question {
  std::string name; // in wire format, lower case
  unsigned type, clazz;
  std::size_t end; // of the question in the query
};

unsigned u16(std::string_view from, std::size_t at) {
  return static_cast<unsigned char>(from[at]) * 256U + static_cast<unsigned char>(from[at + 1]);
}

std::optional<question> parse(std::string_view query) {
  std::size_t at = header_bytes;
  while (at < query.size() && query[at] != 0) {
    if (static_cast<unsigned char>(query[at]) > 63) { // no compression in a question
      return std::nullopt;
    }
    at += 1U + static_cast<unsigned char>(query[at]);
  }
  if (at + 5 > query.size() || at + 1 - header_bytes > 255 || u16(query, 4) != 1) {
    return std::nullopt;
  }
  std::string name(query.substr(header_bytes, at + 1 - header_bytes));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return question{std::move(name), u16(query, at + 1), u16(query, at + 3), at + 5};
}

std::string two(std::size_t value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value)};
}

// `owner` is the offset of its name in the message. TTL 0: the next answer may differ.
std::string record(std::size_t owner, unsigned type, const std::string& data) {
  return two(0xC000 | owner) + two(type) + two(class_in) + two(0) + two(0) + two(data.size()) +
         data;
}

std::string text(const std::string& name, const std::string& value) {
  return static_cast<char>(name.size() + 1 + value.size()) + name + "=" + value;
}

std::string seen(const ancillary::packet& query, const ancillary::ip_address& client) {
  const ancillary::metadata_view& metadata = query.metadata();
  const auto octet = metadata.traffic_class();
  return text("client", to_string(client)) + text("port", std::to_string(query.remote().port())) +
         text("destination", to_string(metadata.destination().value_or(ancillary::ip_address{}))) +
         text("interface", std::to_string(metadata.interface_index().value_or(0))) +
         text("ttl", std::to_string(metadata.hop_limit().value_or(0))) +
         text("dscp", octet ? std::to_string(octet->dscp()) : "") +
         text("ecn", octet ? std::string(to_string(octet->ecn())) : "");
}

void answer(const ancillary::packet& request) {
  const std::string_view query(reinterpret_cast<const char*>(request.payload().data()),
                               request.payload().size());
  if (query.size() < header_bytes || (query[2] & 0x80) != 0) {
    return; // not a query; replying to responses could cause loops
  }
  const auto asked = parse(query);
  const auto client = ancillary::from_asio(request.remote().address()).unmapped();
  response_code code = no_error;
  std::string answers, authority;
  bool ours = false;
  if ((query[2] & 0x78) != 0) {
    code = not_implemented;
  } else if (!asked || request.payload_truncated()) {
    code = format_error;
  } else if (!asked->name.ends_with(zone) || (asked->clazz != class_in && asked->clazz != any)) {
    code = refused;
  } else {
    ours = true;
    const std::size_t apex = header_bytes + asked->name.size() - zone.size();
    const std::string at_apex = two(0xC000 | apex);
    const std::string soa_record =
        record(apex, soa, "\2ns" + at_apex + "\4root" + at_apex + std::string(20, '\0'));
    const std::string address(reinterpret_cast<const char*>(client.bytes().data()),
                              client.bytes().size());
    if (asked->name != zone) {
      code = name_error;
    } else if (asked->type == (client.is_v4() ? a : aaaa)) {
      answers = record(apex, asked->type, address);
    } else if (asked->type == txt || asked->type == any) { // any: one record suffices, RFC 8482
      answers = record(apex, txt, seen(request, client));
    } else if (asked->type == soa) {
      answers = soa_record;
    }
    authority = answers.empty() ? soa_record : "";
  }
  // Ignores an EDNS record in the query, like a server without EDNS (RFC 6891, 7).
  const bool recursion_desired = (query[2] & 1) != 0;
  std::string reply = std::string(query.substr(0, 2)) +
                      two(0x8000U | (static_cast<unsigned>(query[2]) & 0x78U) << 8 |
                          (ours ? 0x0400U : 0U) | (recursion_desired ? 0x0100U : 0U) | code) +
                      two(asked ? 1 : 0) + two(!answers.empty()) + two(!authority.empty()) + two(0);
  reply += asked ? query.substr(header_bytes, asked->end - header_bytes) : "";
  reply += answers + authority;
  ancillary::reply_options options;
#ifdef WHOAMI_WITHOUT_SOURCE // for the test that shows the resulting failure
  options.keep_source = false;
  options.by_interface = ancillary::interface_use::never;
#endif
  request.reply(std::as_bytes(std::span(reply)), options);
}

} // namespace

int main(int argc, char** argv) {
  example::arguments arguments(
      "Answers DNS queries for whoami.test with what it knows of the query");
  std::uint16_t port = 5300;
  arguments.add("PORT", port);
  if (const auto status = arguments.parse(argc, argv)) {
    return *status;
  }
  try {
    asio::io_context io;
    ancillary::receive_options options;
    options.metadata.require({field::destination}).want({field::hop_limit, field::traffic_class});
    options.dual_stack = true;
    ancillary::receiver server(io, {asio::ip::udp::v6(), port}, &answer, options);
    server.start();
    std::cout << "answering on port " << server.local_endpoint().port() << std::endl;
    io.run();
  } catch (const std::exception& problem) {
    std::cerr << "whoami_dns: " << ancillary::describe(problem) << std::endl;
    return 1;
  }
}
