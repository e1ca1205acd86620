#include "search.hpp"

#include <algorithm>

std::optional<std::uint32_t> path_mtu_search::next() const {
  if (confirmed_ == 0) {
    return largest_ < smallest_ ? std::nullopt : std::optional(std::min(base_, largest_));
  }
  if (confirmed_ >= largest_) {
    return std::nullopt;
  }
  if (hint_ > confirmed_ && hint_ <= largest_) {
    return hint_;
  }
  if (hint_ == confirmed_) {
    return confirmed_ + 1; // shows that the hint was right
  }
  return try_largest_ ? largest_ : confirmed_ + (largest_ - confirmed_ + 1) / 2;
}

void path_mtu_search::confirm(std::uint32_t size) {
  confirmed_ = std::max(confirmed_, size);
  if (confirmed_ > hint_) {
    hint_ = 0;
  }
}

void path_mtu_search::give_up(std::uint32_t size) {
  try_largest_ = false;
  if (confirmed_ == 0) {
    base_ = smallest_; // the base size did not arrive; the smallest may
  }
  largest_ = std::min(largest_, size - 1);
}

bool path_mtu_search::hint(std::uint32_t size, std::uint32_t mtu) {
  if (mtu < smallest_ || mtu >= size) {
    return false;
  }
  if (mtu < confirmed_) { // the path has changed
    confirmed_ = 0;
  }
  base_ = std::min(base_, mtu);
  largest_ = std::min(largest_, size - 1);
  hint_ = mtu;
  return true;
}

void path_mtu_search::limit(std::uint32_t mtu) {
  largest_ = std::min(largest_, mtu);
  confirmed_ = std::min(confirmed_, largest_);
}
