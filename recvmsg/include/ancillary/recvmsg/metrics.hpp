// The counters as text, for Prometheus and everything that reads its formats.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/occupancy.hpp>
#include <ancillary/recvmsg/send_counters.hpp>
#include <ancillary/recvmsg/statistics.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ancillary {

// The text format of a page of metrics.
enum class metrics_format : std::uint8_t {
  prometheus,  // Prometheus text format 0.0.4, which every collector reads
  openmetrics, // OpenMetrics 1.0, for those that ask for it in an Accept header
};

// The value for the HTTP header Content-Type.
[[nodiscard]] ANCILLARY_API std::string_view content_type(metrics_format format) noexcept;

// A label that tells sources apart: {"server", "dns"}. The name consists of ASCII letters, digits
// and '_'. It does not start with a digit or "__" and is none of "lane", "condition" and "le",
// which the library uses. The value is UTF-8.
struct metrics_label {
  std::string name;  // as above
  std::string value; // any text
};

// The counters of one receiver, drain, async_receiver or lane.
struct metrics_source {
  receive_counters received{};                    // counters()
  send_counters replies{};                        // reply_counters()
  std::optional<receive_statistics> statistics{}; // shown as histograms
  std::optional<receive_occupancy> occupancy{};   // of the buffers, when the page is made
  std::vector<metrics_label> labels{};            // may be empty if there is only one source
  std::optional<std::size_t> lane{};              // shown as the label "lane"
};

// Writes the counters of all sources as one page: for each counter a HELP and a TYPE line, then a
// line for each source. Names start with "ancillary_receive_" and "ancillary_reply_", times are in
// seconds; errors have the label "condition" with the values of to_string(receive_condition).
//
//   auto page = ancillary::metrics_of(receiver, {{"server", "dns"}});
//   ancillary::write_metrics(response, page);
//
// The numbers do not depend on the locale of `out`. Throws std::invalid_argument, before anything
// is written, if a label's name is not allowed or occurs twice in a source, or if two sources have
// the same labels: collectors refuse such a page. Thread-safe, like counters().
ANCILLARY_API void write_metrics(std::ostream& out, std::span<const metrics_source> sources,
                                 metrics_format format = metrics_format::prometheus);

// The source for an object with counters(), reply_counters(), statistics() and occupancy(), whose
// socket must not be closed meanwhile; for lanes one source for each lane, with the label "lane"
// and its number. Append the results to show several objects on one page.
template <class Receiving>
[[nodiscard]] std::vector<metrics_source>
metrics_of(const Receiving& receiving, const std::vector<metrics_label>& labels = {}) {
  std::vector<metrics_source> sources;
  if constexpr (requires { receiving.counters(std::size_t{0}); }) {
    for (std::size_t lane = 0; lane < receiving.size(); ++lane) {
      sources.push_back({receiving.counters(lane), receiving.reply_counters(lane),
                         receiving.statistics(lane), receiving.occupancy(lane), labels, lane});
    }
  } else {
    sources.push_back({receiving.counters(), receiving.reply_counters(), receiving.statistics(),
                       receiving.occupancy(), labels});
  }
  return sources;
}

} // namespace ancillary
