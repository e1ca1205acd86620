#include "ecn_names.hpp"
#include "names.hpp"
#include "output.hpp"
#include "service_names.hpp"
#include <ancillary/recvmsg/timestamp.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string_view>

namespace tool {
namespace {

struct column {
  std::string_view title;
  std::size_t width; // initially; a longer cell widens the column from its line on
  bool right_aligned;
};

// The last column is not padded.
constexpr std::array<column, 13> columns{{
    {"time (UTC)", 13, false},
    {"remote", 21, false},
    {"destination", 15, false},
    {"interface", 9, false},
    {"received", 8, false},
    {"arrived", 7, false},
    {"ttl", 3, true},
    {"tos", 4, true},
    {"dscp", 4, true},
    {"ecn", 4, false},
    {"segment", 7, true},
    {"length", 6, true},
    {"flags", 5, false},
}};

constexpr const char* unknown = "-";

template <class T>
std::string number_or_unknown(const std::optional<T>& value) {
  return value ? std::to_string(*value) : unknown;
}

// Without a timestamp, the time of reading.
std::string time_of_day(const std::optional<ancillary::timestamp>& stamp) {
  const auto stamped = stamp ? ancillary::time_since_unix_epoch(*stamp) : std::nullopt;
  const std::chrono::nanoseconds time =
      stamped ? *stamped : std::chrono::system_clock::now().time_since_epoch();
  const auto since_midnight = time - std::chrono::floor<std::chrono::days>(time);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(since_midnight));
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%s%02d:%02d:%02d.%03d", stamped ? "" : "~",
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text.data();
}

std::string hexadecimal(std::uint8_t octet) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "0x%02x", static_cast<unsigned>(octet));
  return text.data();
}

std::string flags(const ancillary::packet& packet) {
  std::string text;
  const auto add = [&text](bool is_set, std::string_view name) {
    if (is_set) {
      text += (text.empty() ? "" : ",") + std::string(name);
    }
  };
  add(packet.payload_truncated(), "truncated");
  add(packet.control_truncated(), "control-truncated");
  add(packet.control_malformed(), "control-malformed");
  add(packet.broadcast(), "broadcast");
  add(packet.multicast(), "multicast");
  return text;
}

class table final : public formatter {
public:
  explicit table(bool with_service_names) : with_service_names_(with_service_names) {}

  void append(std::string& text, const ancillary::packet& packet) override {
    if (!headed_) {
      row titles;
      std::ranges::transform(columns, titles.begin(),
                             [](const column& each) { return std::string(each.title); });
      append_row(text, titles);
      headed_ = true;
    }
    append_row(text, cells(packet));
  }

private:
  using row = std::array<std::string, columns.size()>;

  std::string interface_or_unknown(const std::optional<std::uint32_t>& index) {
    if (!index) {
      return unknown;
    }
    const std::string& name = names_.of(*index);
    return name.empty() ? std::to_string(*index) : name;
  }

  std::string remote_of(const asio::ip::udp::endpoint& remote) {
    std::string text = to_text(remote);
    if (with_service_names_) {
      if (const std::string& name = services_.of(remote.port()); !name.empty()) {
        text.replace(text.rfind(':') + 1, std::string::npos, name);
      }
    }
    return text;
  }

  row cells(const ancillary::packet& packet) {
    const ancillary::metadata_view& metadata = packet.metadata();
    const auto destination = metadata.destination();
    const auto octet = metadata.traffic_class();
    const auto ecn = metadata.ecn();
    return {time_of_day(metadata.timestamp()),
            remote_of(packet.remote()),
            destination ? to_string(*destination) : unknown,
            interface_or_unknown(metadata.interface_index()),
            interface_or_unknown(metadata.receive_interface()),
            interface_or_unknown(metadata.original_arrival_interface()),
            number_or_unknown(metadata.hop_limit()),
            octet ? hexadecimal(octet->value) : unknown,
            octet ? std::to_string(octet->dscp()) : unknown,
            std::string(ecn ? short_name(*ecn) : unknown),
            number_or_unknown(metadata.segment_bytes()),
            std::to_string(packet.payload().size()),
            flags(packet)};
  }

  void append_row(std::string& text, const row& cells) {
    constexpr std::string_view gap = "  ";
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string& cell = cells[i];
      std::size_t& width = widths_[i];
      width = std::max({width, columns[i].width, cell.size()});
      const std::string padding(width - cell.size(), ' ');
      line += columns[i].right_aligned ? padding + cell : cell + padding;
      line += gap;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }

  bool with_service_names_;
  service_names services_;
  std::array<std::size_t, columns.size()> widths_{};
  interface_names names_;
  bool headed_ = false;
};

} // namespace

std::unique_ptr<formatter> make_table(bool with_service_names) {
  return std::make_unique<table>(with_service_names);
}

} // namespace tool
