#include "live_view.hpp"

#include "quantity.hpp"
#include "terminal.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>

namespace tool {
namespace {

// With 4096 followed, a row lacks at most a thousandth of an interval's datagrams (heavy_hitters).
constexpr std::size_t followed_most = 4096;
constexpr std::size_t plain_width = 120; // where standard output is no terminal
constexpr std::size_t plain_rows = 20;

// ECMA-48: CUP, ED, EL.
constexpr std::string_view to_top_left = "\x1b[H";
constexpr std::string_view erase_screen = "\x1b[2J";
constexpr std::string_view erase_line = "\x1b[K";
constexpr std::string_view erase_below = "\x1b[J";

void count(top_counts& in, const ancillary::packet& packet) {
  const auto size = static_cast<std::uint32_t>(packet.payload().size());
  ++in.datagrams;
  ++in.interval_datagrams;
  in.bytes += size;
  in.interval_bytes += size;
  in.least_bytes = std::min(in.least_bytes, size);
  in.most_bytes = std::max(in.most_bytes, size);
  if (const auto ttl = packet.metadata().hop_limit()) {
    in.least_ttl = std::min(in.least_ttl, *ttl);
    in.most_ttl = std::max(in.most_ttl, *ttl);
  }
  if (const auto ecn = packet.metadata().ecn()) {
    ++in.with_ecn;
    in.ce += *ecn == ancillary::ecn_codepoint::ce ? 1U : 0U;
    in.ect +=
        *ecn == ancillary::ecn_codepoint::ect0 || *ecn == ancillary::ecn_codepoint::ect1 ? 1U : 0U;
  }
}

std::string_view title_of(top_by by) {
  switch (by) {
  case top_by::peer:
    return "peer";
  case top_by::destination:
    return "destination";
  case top_by::dscp:
    break;
  }
  return "dscp";
}

double seconds_of(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

} // namespace

live_view::live_view(top_by by, std::string where)
    : by_(by), where_(std::move(where)), table_(followed_most, random_hash()) {
  ranking_.reserve(followed_most);
}

void live_view::add(std::span<const ancillary::packet> batch) {
  for (const ancillary::packet& packet : batch) {
    count(total_, packet);
    count(table_.count(key_of(packet, by_)), packet);
  }
}

std::string live_view::state_of(const surroundings& around, double seconds) const {
  std::string text = "receive queue ";
  text += around.queue ? percentage(static_cast<double>(around.queue->bytes),
                                    static_cast<double>(around.queue->capacity_bytes)) +
                             "% full"
                       : "unknown";
  if (around.knows_kernel_drops) {
    const std::uint64_t drops = around.counters.kernel_drops;
    const auto now = static_cast<double>(drops - last_counters_.kernel_drops);
    text += ", dropped " + quantity(now / seconds) + "/s (" + quantity(static_cast<double>(drops)) +
            ")";
  } else {
    text += ", drops unknown";
  }
  if (around.counters.payload_truncated != 0) {
    text += ", truncated " + quantity(static_cast<double>(around.counters.payload_truncated));
  }
  if (table_.missed() != 0) {
    text += ", a row may lack " + quantity(static_cast<double>(table_.missed()) / seconds) + "/s";
  }
  return text;
}

// Those of the interval first, then those with the most datagrams.
std::vector<top_row> live_view::busiest(std::size_t most) {
  ranking_.clear();
  table_.for_each([this](const top_key& key, const top_counts& counts) {
    ranking_.push_back({key, counts});
  });
  const std::size_t shown = std::min(most, ranking_.size());
  const auto busier = [](const followed& a, const followed& b) {
    return std::pair(a.counts.interval_datagrams, a.counts.datagrams) >
           std::pair(b.counts.interval_datagrams, b.counts.datagrams);
  };
  std::partial_sort(ranking_.begin(), ranking_.begin() + static_cast<std::ptrdiff_t>(shown),
                    ranking_.end(), busier);
  std::vector<top_row> rows;
  for (std::size_t i = 0; i < shown; ++i) {
    rows.push_back({to_text(ranking_[i].key, by_), ranking_[i].counts});
  }
  return rows;
}

std::string live_view::draw(const surroundings& around) {
  const auto terminal = size_of_terminal();
  // The last column stays free: some terminals wrap a line that fills it.
  const std::size_t width =
      terminal ? std::max<std::size_t>(terminal->columns, 2) - 1 : plain_width;
  const std::size_t most_rows = !terminal ? plain_rows
                                : terminal->rows > fixed_lines + 1
                                    ? terminal->rows - fixed_lines - 1
                                    : 1;
  top_frame frame;
  frame.interval_seconds = std::max(seconds_of(around.elapsed - last_elapsed_), 1e-9);
  frame.title = "receiver " + where_ + " by " + std::string(title_of(by_)) + ", " +
                quantity(seconds_of(around.elapsed)) + " s";
  frame.state = state_of(around, frame.interval_seconds);
  frame.name_title = title_of(by_);
  frame.rows = busiest(most_rows);
  frame.total = total_;
  top_counts shown;
  for (const top_row& row : frame.rows) {
    shown.merge(row.counts);
  }
  for (std::size_t i = frame.rows.size(); i < ranking_.size(); ++i) {
    frame.rest.merge(ranking_[i].counts); // for the ranges; the sums follow
  }
  frame.rest.datagrams = total_.datagrams - shown.datagrams;
  frame.rest.bytes = total_.bytes - shown.bytes;
  frame.rest.interval_datagrams = total_.interval_datagrams - shown.interval_datagrams;
  frame.rest.interval_bytes = total_.interval_bytes - shown.interval_bytes;
  frame.rest.with_ecn = total_.with_ecn - shown.with_ecn;
  frame.rest.ect = total_.ect - shown.ect;
  frame.rest.ce = total_.ce - shown.ce;
  frame.rest_name = "others";

  total_.interval_datagrams = total_.interval_bytes = 0;
  table_.for_each([](const top_key&, top_counts& counts) {
    counts.interval_datagrams = counts.interval_bytes = 0;
  });
  table_.next_interval();
  last_counters_ = around.counters;
  last_elapsed_ = around.elapsed;

  std::string text;
  if (terminal) {
    text += std::exchange(has_cleared_screen_, true) ? "" : erase_screen;
    text += to_top_left;
  } else {
    text += '\n';
  }
  for (const std::string& line : lines_of(frame, width)) {
    text += terminal ? erase_line : "";
    text += line + '\n';
  }
  text += terminal ? erase_below : "";
  return text;
}

} // namespace tool
