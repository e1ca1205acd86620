#include "report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace tool {
namespace {

using ancillary::receive_condition;

double seconds(clock::duration time) { return std::chrono::duration<double>(time).count(); }

std::string with_decimals(double number, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, number);
  return text.data();
}

std::string line(const std::string& name, const std::string& value) {
  constexpr std::size_t name_width = 26; // fits the longest name and a space
  const std::size_t gap = name_width > name.size() ? name_width - name.size() : 1;
  return "  " + name + std::string(gap, ' ') + value + '\n';
}

std::string line(const std::string& name, std::uint64_t value) {
  return line(name, std::to_string(value));
}

bool knows_kernel_drops(ancillary::field_set granted) {
  return granted.contains(ancillary::field::dropped_total);
}

} // namespace

std::string summary_line(const std::string& name, std::uint64_t value) {
  std::string text = line(name, value);
  text.pop_back();
  return text;
}

std::string summary(const ancillary::receive_counters& counters, const output_counters& output,
                    ancillary::field_set granted, clock::duration elapsed) {
  std::string text = "summary after " + with_decimals(seconds(elapsed), 3) + " s\n";
  text += line("shown", output.shown);
  text += line("left_out", output.left_out);
  text += line("not_shown", output.not_shown);
  text += line("datagrams", counters.datagrams);
  text += line("bytes", counters.bytes);
  text += line("batches", counters.batches);
  text += line("coalesced_buffers", counters.coalesced_buffers);
  text += line("unmarked_coalesced", counters.unmarked_coalesced);
  text += line("unmarked_dropped", counters.unmarked_dropped);
  text += line("payload_truncated", counters.payload_truncated);
  text += line("control_truncated", counters.control_truncated);
  text += line("control_malformed", counters.control_malformed);
  text += line("metadata_missing", counters.metadata_missing);
  text += line("metadata_duplicate", counters.metadata_duplicate);
  text += line("discarded_on_stop", counters.discarded_on_stop);
  text += knows_kernel_drops(granted) ? line("kernel_drops", counters.kernel_drops)
                                      : line("kernel_drops", "-");
  text += line("pauses", counters.pauses);
  text += line("wakeups", counters.wakeups);
  for (std::size_t i = 0; i < counters.errors.size(); ++i) {
    const auto condition = static_cast<receive_condition>(i);
    if (condition != receive_condition::none) {
      text += line("errors." + std::string(to_string(condition)), counters.errors[i]);
    }
  }
  text.pop_back(); // say() adds the final newline
  return text;
}

std::string rates(const ancillary::receive_counters& before, const ancillary::receive_counters& now,
                  ancillary::field_set granted, clock::duration interval, clock::duration elapsed) {
  const double length = std::max(seconds(interval), 1e-9);
  const auto rate = [length](std::uint64_t from, std::uint64_t to) {
    return static_cast<double>(to - from) / length;
  };
  constexpr double bits_of_byte = 8;
  constexpr double mega = 1e6;
  const double batches = std::max(static_cast<double>(now.batches - before.batches), 1.0);
  std::string text = "stats at " + with_decimals(seconds(elapsed), 1) + " s: ";
  text += with_decimals(rate(before.datagrams, now.datagrams), 0) + " datagrams/s, ";
  text += with_decimals(rate(before.bytes, now.bytes) * bits_of_byte / mega, 2) + " Mbit/s, ";
  text += with_decimals(static_cast<double>(now.datagrams - before.datagrams) / batches, 1) +
          " datagrams per batch, ";
  text += knows_kernel_drops(granted)
              ? with_decimals(rate(before.kernel_drops, now.kernel_drops), 0) + " kernel drops/s"
              : std::string("kernel drops unknown");
  return text;
}

} // namespace tool
