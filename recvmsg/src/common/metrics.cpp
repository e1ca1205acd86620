#include "common/counter_table.hpp"
#include <ancillary/recvmsg/metrics.hpp>
#include <ancillary/recvmsg/receive_error.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <utility>

// Sources: prometheus.io/docs/instrumenting/exposition_formats (0.0.4) and the OpenMetrics
// specification 1.0. Names follow prometheus.io/docs/practices/naming: counters end in _total, base
// units.

namespace ancillary {
namespace {

using detail::counter;
using detail::receive_numbers;
using detail::reply_numbers;

bool is_name(std::string_view text) {
  const auto is_letter = [](char each) {
    return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || each == '_';
  };
  const auto is_digit = [](char each) { return each >= '0' && each <= '9'; };
  return !text.empty() && !text.starts_with("__") && !is_digit(text.front()) &&
         std::ranges::all_of(text, [&](char each) { return is_letter(each) || is_digit(each); }) &&
         text != "lane" && text != "condition" && text != "le";
}

void append_label(std::string& to, std::string_view name, std::string_view value) {
  if (!to.empty()) {
    to += ',';
  }
  to.append(name).append("=\"");
  for (const char each : value) {
    if (each == '\n') {
      to += "\\n";
    } else {
      if (each == '\\' || each == '"') {
        to += '\\';
      }
      to += each;
    }
  }
  to += '"';
}

// The text between the braces. Sorted, so that sources with the same labels have the same text.
std::string label_text(const metrics_source& source) {
  std::vector<metrics_label> sorted = source.labels;
  std::ranges::sort(sorted, {}, &metrics_label::name);
  std::string text;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const std::string& name = sorted[i].name;
    if (!is_name(name)) {
      throw std::invalid_argument("label name '" + name +
                                  "': use letters, digits and '_', no digit first, not '__' first, "
                                  "and none of 'lane', 'condition' and 'le'");
    }
    if (i != 0 && sorted[i - 1].name == name) {
      throw std::invalid_argument("label '" + name + "' occurs twice in one source");
    }
    append_label(text, name, sorted[i].value);
  }
  if (source.lane) {
    append_label(text, "lane", std::to_string(*source.lane));
  }
  return text;
}

std::string number(std::uint64_t value) {
  char digits[20];
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

// Of a number of nanoseconds; not rounded.
std::string seconds(std::uint64_t nanoseconds) {
  constexpr std::uint64_t in_a_second = 1'000'000'000;
  const std::string fraction = number(nanoseconds % in_a_second);
  return number(nanoseconds / in_a_second) + "." + std::string(9 - fraction.size(), '0') + fraction;
}

class page {
public:
  page(std::span<const metrics_source> sources, metrics_format format)
      : sources_(sources), is_openmetrics_(format == metrics_format::openmetrics) {
    for (const metrics_source& each : sources) {
      labels_.push_back(label_text(each));
    }
    std::vector<std::string> sorted = labels_;
    std::ranges::sort(sorted);
    if (const auto same = std::ranges::adjacent_find(sorted); same != sorted.end()) {
      throw std::invalid_argument("two sources have the labels {" + *same +
                                  "}: give each source labels of its own");
    }
  }

  template <class Counters, std::size_t Count>
  void add(const char* prefix, const counter<Counters> (&numbers)[Count],
           Counters metrics_source::*counters) {
    for (const auto& each : numbers) {
      const std::string family = std::string(prefix) + each.name;
      head(family, each.help, "counter");
      for (std::size_t i = 0; i < sources_.size(); ++i) {
        line(family + "_total", labels_[i], number(sources_[i].*counters.*each.number));
      }
    }
  }

  void add_errors() {
    const std::string family = "ancillary_receive_errors";
    head(family, "Errors of receive calls, by condition", "counter");
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      for (std::size_t condition = 1; condition < receive_condition_count; ++condition) {
        std::string labels = labels_[i];
        append_label(labels, "condition", to_string(static_cast<receive_condition>(condition)));
        line(family + "_total", labels, number(sources_[i].received.errors[condition]));
      }
    }
  }

  void add_longest_wait() {
    const std::string family = "ancillary_receive_longest_pool_wait_seconds";
    head(family, "The longest wait for another receiver of a shared pool", "gauge");
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      const auto wait = sources_[i].received.longest_pool_wait;
      line(family, labels_[i], seconds(static_cast<std::uint64_t>(wait.count())));
    }
  }

  // Sources without statistics have no lines.
  void add_histogram(const char* name, const char* help, histogram receive_statistics::*which,
                     std::string (*in_unit)(std::uint64_t)) {
    const std::string family = std::string("ancillary_receive_") + name;
    bool has_head = false;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (!sources_[i].statistics) {
        continue;
      }
      if (!std::exchange(has_head, true)) {
        head(family, help, "histogram");
      }
      const histogram& now = *sources_[i].statistics.*which;
      std::uint64_t below = 0;
      for (std::size_t bucket = 0; bucket < histogram::bucket_count; ++bucket) {
        below += now.counts[bucket];
        std::string labels = labels_[i];
        const bool is_last = bucket + 1 == histogram::bucket_count;
        append_label(labels, "le", is_last ? "+Inf" : bound(in_unit(histogram::largest(bucket))));
        line(family + "_bucket", labels, number(below));
      }
      line(family + "_sum", labels_[i], in_unit(now.sum));
      line(family + "_count", labels_[i], number(below));
    }
  }

  // Sources without an occupancy, or without a receive queue, have no lines.
  template <class Value>
  void add_gauge(const char* name, const char* help, Value value_of) {
    std::string family = "ancillary_receive_"; // not by +: GCC 12 warns, wrongly, with -fsanitize
    family += name;
    bool has_head = false;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (const std::optional<std::uint64_t> value = value_of(sources_[i].occupancy)) {
        if (!std::exchange(has_head, true)) {
          head(family, help, "gauge");
        }
        line(family, labels_[i], number(*value));
      }
    }
  }

  void add_occupancy() {
    using occupancy = std::optional<receive_occupancy>;
    using value = std::optional<std::uint64_t>;
    add_gauge("slots", "Slots of the pool, which other receivers may share",
              [](const occupancy& now) { return now ? value(now->slots) : value(); });
    add_gauge("slots_held", "Slots that retained packets hold",
              [](const occupancy& now) { return now ? value(now->held_slots) : value(); });
    add_gauge("queue_bytes", "Bytes that datagrams take up in the socket's receive buffer",
              [](const occupancy& now) {
                return now && now->queue ? value(now->queue->bytes) : value();
              });
    add_gauge("queue_capacity_bytes", "Size of the socket's receive buffer",
              [](const occupancy& now) {
                return now && now->queue ? value(now->queue->capacity_bytes) : value();
              });
  }

  std::string finish() {
    if (is_openmetrics_) {
      text_ += "# EOF\n";
    }
    return std::move(text_);
  }

private:
  // OpenMetrics: a bound always has a fraction, so that its text is always the same.
  [[nodiscard]] std::string bound(const std::string& text) const {
    return is_openmetrics_ && text.find('.') == std::string::npos ? text + ".0" : text;
  }

  // The name of a counter's family ends in _total in the older format only.
  void head(const std::string& family, const char* help, std::string_view type) {
    const char* const suffix = type == "counter" && !is_openmetrics_ ? "_total" : "";
    text_.append("# HELP ").append(family).append(suffix).append(" ").append(help).append("\n");
    text_.append("# TYPE ").append(family).append(suffix).append(" ").append(type).append("\n");
  }

  void line(const std::string& name, const std::string& labels, const std::string& value) {
    text_ += name;
    if (!labels.empty()) {
      text_.append("{").append(labels).append("}");
    }
    text_.append(" ").append(value).append("\n");
  }

  std::span<const metrics_source> sources_;
  bool is_openmetrics_;
  std::vector<std::string> labels_;
  std::string text_;
};

} // namespace

std::string_view content_type(metrics_format format) noexcept {
  return format == metrics_format::openmetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

void write_metrics(std::ostream& out, std::span<const metrics_source> sources,
                   metrics_format format) {
  page made(sources, format);
  if (!sources.empty()) {
    made.add("ancillary_receive_", receive_numbers, &metrics_source::received);
    made.add_errors();
    made.add_longest_wait();
    made.add_histogram("batch_size", "Datagrams or coalesced buffers for each receive call",
                       &receive_statistics::batch_sizes, &number);
    made.add_histogram("turn_seconds", "Duration of a turn of the receive loop",
                       &receive_statistics::turn_times, &seconds);
    made.add_histogram("delay_seconds", "From a datagram's timestamp until its delivery",
                       &receive_statistics::delays, &seconds);
    made.add_occupancy();
    made.add("ancillary_reply_", reply_numbers, &metrics_source::replies);
  }
  const std::string text = made.finish();
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

} // namespace ancillary
