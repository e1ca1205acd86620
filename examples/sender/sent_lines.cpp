#include "sent_lines.hpp"

#include "ecn_names.hpp"
#include "names.hpp"
#include <ancillary/recvmsg/endpoint.hpp>

#include <chrono>
#include <nlohmann/json.hpp>

namespace tool {
namespace {

std::string source_of(const command_line& arguments, std::uint64_t number) {
  return arguments.source ? to_string(arguments.source->of(number)) : std::string();
}

std::string text_line(const command_line& arguments, const ancillary::outgoing& sent,
                      std::uint64_t number) {
  std::string line = std::to_string(sent.payload.size()) + " bytes to " + to_text(arguments.remote);
  if (arguments.source) {
    line += " from " + source_of(arguments, number);
  }
  if (!arguments.interface_text.empty()) {
    line += " by " + arguments.interface_text;
  }
  if (arguments.segment_bytes != 0) {
    line += ", segments of " + std::to_string(arguments.segment_bytes);
  }
  if (arguments.hop_limit) {
    line += ", TTL " + std::to_string(*arguments.hop_limit);
  }
  if (arguments.dscp) {
    line += ", DSCP " + std::to_string(*arguments.dscp);
  }
  if (arguments.ecn) {
    line += ", ECN " + std::string(short_name(*arguments.ecn));
  }
  return line;
}

// The keys are those of the receiver tool where they mean the same.
std::string json_line(const command_line& arguments, const ancillary::outgoing& sent,
                      std::uint64_t number, std::uint16_t source_port) {
  nlohmann::ordered_json object;
  object["number"] = number;
  object["remote"] = to_text(arguments.remote);
  if (arguments.source) {
    object["source"] = source_of(arguments, number);
  }
  object["source_port"] = source_port;
  if (sent.interface_index != 0) {
    object["interface"] = sent.interface_index;
  }
  if (arguments.hop_limit) {
    object["ttl"] = *arguments.hop_limit;
  }
  if (arguments.dscp) {
    object["dscp"] = *arguments.dscp;
  }
  if (arguments.ecn) {
    object["ecn"] = static_cast<unsigned>(*arguments.ecn);
  }
  if (arguments.segment_bytes != 0) {
    object["segment_bytes"] = arguments.segment_bytes;
  }
  object["length"] = sent.payload.size();
  object["timestamp_ns"] = std::chrono::duration_cast<std::chrono::nanoseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
  return object.dump();
}

} // namespace

void append_line(std::string& text, const command_line& arguments, const ancillary::outgoing& sent,
                 std::uint64_t number, std::uint16_t source_port) {
  text += arguments.format == sent_format::json_lines
              ? json_line(arguments, sent, number, source_port)
              : text_line(arguments, sent, number);
  text += '\n';
}

} // namespace tool
