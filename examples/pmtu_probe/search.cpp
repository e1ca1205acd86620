#include "search.hpp"

#include <algorithm>

std::optional<std::uint32_t> path_mtu_search::next() const {
  if (confirmed_ == 0) {
    return largest_ < smallest_ ? std::nullopt : std::optional(std::min(base_, largest_));
  }
  if (confirmed_ >= largest_) {
    return std::nullopt;
  }
  return try_largest_ ? largest_ : confirmed_ + (largest_ - confirmed_ + 1) / 2;
}

void path_mtu_search::confirm(std::uint32_t size) { confirmed_ = std::max(confirmed_, size); }

void path_mtu_search::give_up(std::uint32_t size) {
  try_largest_ = false;
  if (confirmed_ == 0) {
    // The base size did not arrive. Does the smallest?
    base_ = smallest_;
  }
  largest_ = std::min(largest_, size - 1);
}

void path_mtu_search::bound(std::uint32_t mtu) {
  if (mtu < smallest_ || mtu >= largest_ || mtu < confirmed_) {
    return; // not plausible (RFC 8899, 4.6.1)
  }
  largest_ = mtu;
  try_largest_ = true;
}
