#include "top_frame.hpp"

#include "quantity.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace tool {
namespace {

constexpr double bits_of_byte = 8;

using cell_of = std::string (*)(const top_counts& counts, double seconds);

struct number_column {
  std::string_view title;
  std::size_t width;
  int importance; // the columns with the lowest are left out first
  cell_of cell;
};

std::string range(std::uint64_t least, std::uint64_t most) {
  if (least > most) {
    return "-";
  }
  return least == most ? std::to_string(least) : std::to_string(least) + "-" + std::to_string(most);
}

constexpr std::array<number_column, 8> number_columns{{
    {"dgram/s", 7, 9,
     [](const top_counts& c, double seconds) {
       return quantity(static_cast<double>(c.interval_datagrams) / seconds);
     }},
    {"bit/s", 6, 7,
     [](const top_counts& c, double seconds) {
       return quantity(static_cast<double>(c.interval_bytes) * bits_of_byte / seconds);
     }},
    {"total", 6, 5,
     [](const top_counts& c, double) { return quantity(static_cast<double>(c.datagrams)); }},
    {"bytes", 6, 1,
     [](const top_counts& c, double) { return quantity(static_cast<double>(c.bytes)); }},
    {"ttl", 7, 6, [](const top_counts& c, double) { return range(c.least_ttl, c.most_ttl); }},
    {"ce%", 4, 8,
     [](const top_counts& c, double) {
       return percentage(static_cast<double>(c.ce), static_cast<double>(c.with_ecn));
     }},
    {"ect%", 4, 4,
     [](const top_counts& c, double) {
       return percentage(static_cast<double>(c.ect), static_cast<double>(c.with_ecn));
     }},
    {"size", 8, 3,
     [](const top_counts& c, double) {
       return range(c.least_bytes == UINT32_MAX ? 1 : c.least_bytes, c.most_bytes);
     }},
}};

constexpr std::size_t least_name_width = 15; // of an IPv4 address
constexpr std::size_t gap = 1;

// Keeps both ends, because the end of a peer's name is its port.
std::string shortened(const std::string& name, std::size_t width) {
  if (name.size() <= width) {
    return name;
  }
  const std::size_t tail = std::min<std::size_t>(7, width / 2); // "]:65535"
  return name.substr(0, width - tail - 1) + "~" + name.substr(name.size() - tail);
}

std::string padded(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

// Which columns fit beside names of this width.
std::vector<const number_column*> choose(std::size_t width, std::size_t name_width) {
  std::vector<const number_column*> by_importance;
  for (const number_column& each : number_columns) {
    by_importance.push_back(&each);
  }
  std::ranges::sort(by_importance, std::ranges::greater{}, &number_column::importance);
  std::vector<const number_column*> chosen;
  std::size_t used = name_width;
  for (const number_column* each : by_importance) {
    if (used + gap + each->width > width) {
      break;
    }
    used += gap + each->width;
    chosen.push_back(each);
  }
  std::ranges::sort(chosen); // the order of the table
  return chosen;
}

class layout {
public:
  layout(const top_frame& frame, std::size_t width)
      : width_(width), seconds_(frame.interval_seconds) {
    std::size_t longest = std::max(frame.name_title.size(), frame.rest_name.size());
    for (const top_row& row : frame.rows) {
      longest = std::max(longest, row.name.size());
    }
    // Long names give way to the columns, down to the least width.
    std::size_t all = 0;
    for (const number_column& each : number_columns) {
      all += gap + each.width;
    }
    const std::size_t beside_all = width > all ? width - all : 0;
    name_width_ = std::max(std::min(longest, least_name_width), std::min(longest, beside_all));
    columns_ = choose(width, name_width_);
    std::size_t used = name_width_;
    for (const number_column* each : columns_) {
      used += gap + each->width;
    }
    name_width_ = std::min(longest, name_width_ + (width > used ? width - used : 0));
  }

  [[nodiscard]] std::string titles(const std::string& name_title) const {
    std::string line = name(name_title);
    for (const number_column* each : columns_) {
      line += std::string(gap, ' ') + padded(std::string(each->title), each->width);
    }
    return line.substr(0, width_);
  }

  [[nodiscard]] std::string row(const std::string& row_name, const top_counts& counts) const {
    std::string line = name(row_name);
    for (const number_column* each : columns_) {
      line += std::string(gap, ' ') + padded(each->cell(counts, seconds_), each->width);
    }
    return line.substr(0, width_);
  }

private:
  [[nodiscard]] std::string name(const std::string& text) const {
    std::string cell = shortened(text, name_width_);
    cell.resize(std::max(cell.size(), name_width_), ' ');
    return cell;
  }

  std::size_t width_;
  double seconds_;
  std::size_t name_width_ = 0;
  std::vector<const number_column*> columns_;
};

} // namespace

void top_counts::merge(const top_counts& other) noexcept {
  datagrams += other.datagrams;
  bytes += other.bytes;
  interval_datagrams += other.interval_datagrams;
  interval_bytes += other.interval_bytes;
  with_ecn += other.with_ecn;
  ect += other.ect;
  ce += other.ce;
  least_ttl = std::min(least_ttl, other.least_ttl);
  most_ttl = std::max(most_ttl, other.most_ttl);
  least_bytes = std::min(least_bytes, other.least_bytes);
  most_bytes = std::max(most_bytes, other.most_bytes);
}

std::vector<std::string> lines_of(const top_frame& frame, std::size_t width) {
  const layout columns(frame, width);
  std::vector<std::string> lines{frame.title.substr(0, width), frame.state.substr(0, width),
                                 columns.titles(frame.name_title)};
  for (const top_row& row : frame.rows) {
    lines.push_back(columns.row(row.name, row.counts));
  }
  lines.push_back(columns.row(frame.rest_name, frame.rest));
  lines.push_back(columns.row("total", frame.total));
  for (std::string& line : lines) {
    line.erase(line.find_last_not_of(' ') + 1);
  }
  return lines;
}

} // namespace tool
