// The picture of the live view: what it shows, and how that becomes lines of a given width.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tool {

// What is known of the datagrams of a row. A TTL or an ECN that the system did not report is not
// counted.
struct top_counts {
  std::uint64_t datagrams = 0;
  std::uint64_t bytes = 0;
  std::uint64_t interval_datagrams = 0; // since the last picture
  std::uint64_t interval_bytes = 0;
  std::uint64_t with_ecn = 0; // datagrams with a reported ECN
  std::uint64_t ect = 0;      // of these: ECT(0) or ECT(1)
  std::uint64_t ce = 0;       // of these: congestion experienced
  std::uint8_t least_ttl = 255;
  std::uint8_t most_ttl = 0; // below least_ttl: none was reported
  std::uint32_t least_bytes = UINT32_MAX;
  std::uint32_t most_bytes = 0;

  // Adds the counts of another row.
  void merge(const top_counts& other) noexcept;
};

struct top_row {
  std::string name;
  top_counts counts;
};

struct top_frame {
  std::string title;         // of the whole
  std::string state;         // queue, drops and the like
  std::string name_title;    // of the column of names
  std::vector<top_row> rows; // the busiest first
  top_counts rest;           // of all other datagrams
  std::string rest_name;     // such as "51.2k others"
  top_counts total;
  double interval_seconds = 1;
};

// The lines of the picture, none longer than `width` columns. Leaves out columns that do not fit,
// the least important first, and shortens names in the middle.
[[nodiscard]] std::vector<std::string> lines_of(const top_frame& frame, std::size_t width);

// The lines that do not depend on the number of rows.
inline constexpr std::size_t fixed_lines = 5;

} // namespace tool
