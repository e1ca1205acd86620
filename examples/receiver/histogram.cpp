#include "histogram.hpp"

#include <ancillary/recvmsg/timestamp.hpp>

#include <algorithm>

namespace tool {
namespace {

std::string right_aligned(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string range_with(std::size_t bits) {
  if (bits <= 1) {
    return std::to_string(bits); // 0 and 1
  }
  const std::uint64_t least = std::uint64_t{1} << (bits - 1);
  return std::to_string(least) + " - " + std::to_string(least - 1 + least);
}

} // namespace

std::string log2_histogram::text(const std::string& unit) const {
  const auto is_counted = [](std::uint64_t count) { return count != 0; };
  const auto first = std::ranges::find_if(counts_, is_counted);
  if (first == counts_.end()) {
    return {};
  }
  std::size_t last = counts_.size() - 1;
  while (counts_[last] == 0) {
    --last;
  }
  constexpr std::size_t bar_length = 40; // of the most frequent range
  constexpr std::size_t range_width = 23;
  constexpr std::size_t count_width = 12;
  const std::uint64_t most = *std::ranges::max_element(counts_);
  std::string lines;
  for (auto i = static_cast<std::size_t>(first - counts_.begin()); i <= last; ++i) {
    // Rounds up, so that a single one is seen.
    const auto length = static_cast<std::size_t>(
        (static_cast<double>(counts_[i]) * bar_length + static_cast<double>(most) - 1) /
        static_cast<double>(most));
    lines += "  " + right_aligned(range_with(i), range_width) + " " + unit +
             right_aligned(std::to_string(counts_[i]), count_width) +
             (length > 0 ? "  " + std::string(length, '#') : "") + '\n';
  }
  return lines;
}

void arrival_histograms::add(std::span<const ancillary::packet> batch) {
  const std::chrono::nanoseconds now = std::chrono::system_clock::now().time_since_epoch();
  for (const ancillary::packet& packet : batch) {
    bytes_.add(packet.payload().size());
    const auto stamp = packet.metadata().timestamp();
    const auto stamped = stamp ? ancillary::time_since_unix_epoch(*stamp) : std::nullopt;
    ++(stamped ? stamped_ : read_);
    const std::chrono::nanoseconds time = stamped.value_or(now);
    if (last_ && time < *last_) {
      ++backwards_;
    } else if (last_) {
      between_.add(static_cast<std::uint64_t>(
          std::chrono::duration_cast<std::chrono::microseconds>(time - *last_).count()));
    }
    last_ = time;
  }
}

std::string arrival_histograms::text() const {
  std::string text = "payload sizes\n" + bytes_.text("bytes");
  text += "times between arrivals, by ";
  if (read_ == 0) {
    text += "the system's timestamps";
  } else if (stamped_ == 0) {
    text += "times of reading, which are those of a batch";
  } else {
    text += std::to_string(stamped_) + " timestamps of the system and " + std::to_string(read_) +
            " times of reading";
  }
  if (backwards_ != 0) {
    text += "; " + std::to_string(backwards_) + " went backwards";
  }
  text += "\n" + between_.text("us");
  text.pop_back(); // say() adds the final newline
  return text;
}

} // namespace tool
