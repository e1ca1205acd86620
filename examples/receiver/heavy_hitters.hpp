// The keys that occur most often in a stream, in bounded memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tool {

// Counts keys in a table of fixed capacity (the algorithm of Misra and Gries, in the form of
// "frequent items" sketches: Anderson et al., A High-Performance Algorithm for Identifying Frequent
// Items in Data Streams, IMC 2017). When the table is full, it subtracts the median of all scores
// from each and drops keys without a score, so an occurrence costs constant time on average.
//
// Between two calls of next_interval(): a key with more occurrences than missed() is in the table,
// and its value lacks at most missed() of them. missed() is 0 unless more than `capacity` keys
// occur. Each subtraction of a median m takes m from at least half of the entries, so missed() is
// at most 2 / capacity of all scores; and because next_interval() halves them, in a steady stream
// at most 4 / capacity of the interval's occurrences.
//
// All memory is allocated by the constructor.
template <class Key, class Value, class Hash>
class heavy_hitters {
public:
  struct entry {
    Key key{};
    Value value{};
    std::uint64_t score = 0; // 0: free
  };

  explicit heavy_hitters(std::size_t capacity, Hash hash = {})
      : hash_(std::move(hash)), capacity_(capacity) {
    std::size_t size = 1;
    while (size < capacity * 2) {
      size *= 2;
    }
    entries_.resize(size);
    spare_.resize(size);
    scores_.reserve(capacity);
  }

  // Counts an occurrence; returns the value of the key, a new one if the key was not in the table.
  // Valid until the next call.
  Value& count(const Key& key) {
    entry* found = &find(entries_, key);
    if (found->score == 0) {
      if (size_ == capacity_) {
        purge();
        found = &find(entries_, key);
      }
      *found = {key, Value{}, 0};
      ++size_;
    }
    ++found->score;
    return found->value;
  }

  // Halves the scores, so that the past weighs less and less.
  void next_interval() {
    missed_ = 0;
    for (entry& each : entries_) {
      if (each.score > 1) {
        each.score /= 2;
      }
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::uint64_t missed() const noexcept { return missed_; }

  // Calls `visit` for each entry, in no particular order.
  template <class Visit>
  void for_each(Visit visit) {
    for (entry& each : entries_) {
      if (each.score != 0) {
        visit(std::as_const(each.key), each.value);
      }
    }
  }

private:
  // The entry of the key, or the free one where it belongs; at least half of them are free.
  entry& find(std::vector<entry>& in, const Key& key) const {
    const std::size_t mask = in.size() - 1;
    std::size_t at = static_cast<std::size_t>(hash_(key)) & mask;
    while (in[at].score != 0 && !(in[at].key == key)) {
      at = (at + 1) & mask;
    }
    return in[at];
  }

  void purge() {
    scores_.clear();
    for (const entry& each : entries_) {
      if (each.score != 0) {
        scores_.push_back(each.score);
      }
    }
    const auto middle = scores_.begin() + static_cast<std::ptrdiff_t>(scores_.size() / 2);
    std::nth_element(scores_.begin(), middle, scores_.end());
    const std::uint64_t median = *middle;
    missed_ += median;
    size_ = 0;
    for (entry& each : spare_) {
      each.score = 0;
    }
    for (entry& each : entries_) {
      if (each.score > median) {
        entry& place = find(spare_, each.key);
        place = std::move(each);
        place.score -= median;
        ++size_;
      }
    }
    std::swap(entries_, spare_);
  }

  Hash hash_;
  std::size_t capacity_;
  std::size_t size_ = 0;
  std::uint64_t missed_ = 0;
  std::vector<entry> entries_;
  std::vector<entry> spare_;          // for purge()
  std::vector<std::uint64_t> scores_; // for purge()
};

} // namespace tool
