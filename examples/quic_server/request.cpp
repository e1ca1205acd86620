#include "request.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace {

// The byte at offset n of a response to GET is pattern[n % 65,536].
constexpr std::size_t pattern_period = std::size_t{64} * 1024;

std::array<std::uint8_t, pattern_period> make_pattern() {
  std::array<std::uint8_t, pattern_period> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(i * 131 + (i >> 8));
  }
  return bytes;
}

std::array<std::uint8_t, pattern_period> pattern = make_pattern();

constexpr std::size_t pieces_at_once = 4;

} // namespace

std::string_view request::start() {
  if (method_ == "POST") {
    kind_ = kind::echo;
    return "200";
  }
  const char* const first = path_.data() + (path_.starts_with('/') ? 1 : 0);
  const char* const last = path_.data() + path_.size();
  const auto parsed = std::from_chars(first, last, pattern_bytes_);
  if (method_ != "GET" || parsed.ec != std::errc{} || parsed.ptr != last) {
    pattern_bytes_ = 0;
    return method_ == "GET" ? "404" : "405";
  }
  kind_ = kind::pattern;
  return "200";
}

bool request::receive(std::span<const std::uint8_t> bytes) {
  if (kind_ != kind::echo) {
    return false;
  }
  body_.append(bytes);
  kept_bytes_ += bytes.size();
  return true;
}

nghttp3_ssize request::next(std::span<nghttp3_vec> pieces, std::uint32_t& flags) {
  pieces = pieces.first(std::min(pieces.size(), pieces_at_once));
  switch (kind_) {
  case kind::pattern:
    return next_pattern(pieces, flags);
  case kind::echo:
    return next_echo(pieces, flags);
  case kind::refusal:
    break;
  }
  flags |= NGHTTP3_DATA_FLAG_EOF;
  return 0;
}

nghttp3_ssize request::next_pattern(std::span<nghttp3_vec> pieces, std::uint32_t& flags) {
  std::size_t count = 0;
  for (nghttp3_vec& piece : pieces) {
    const std::size_t offset = served_bytes_ % pattern_period;
    const std::uint64_t bytes =
        std::min<std::uint64_t>(pattern_bytes_ - served_bytes_, pattern_period - offset);
    if (bytes == 0) {
      break;
    }
    piece = {pattern.data() + offset, static_cast<std::size_t>(bytes)};
    served_bytes_ += bytes;
    ++count;
  }
  if (served_bytes_ == pattern_bytes_) {
    flags |= NGHTTP3_DATA_FLAG_EOF;
  }
  return static_cast<nghttp3_ssize>(count);
}

nghttp3_ssize request::next_echo(std::span<nghttp3_vec> pieces, std::uint32_t& flags) {
  std::size_t count = 0;
  for (nghttp3_vec& piece : pieces) {
    const std::span<std::uint8_t> bytes = body_.take();
    if (bytes.empty()) {
      break;
    }
    piece = {bytes.data(), bytes.size()};
    served_bytes_ += bytes.size();
    ++count;
  }
  if (body_ended_ && body_.all_taken()) {
    flags |= NGHTTP3_DATA_FLAG_EOF;
  } else if (count == 0) {
    return NGHTTP3_ERR_WOULDBLOCK;
  }
  return static_cast<nghttp3_ssize>(count);
}

std::size_t request::acknowledged(std::size_t bytes) {
  if (kind_ != kind::echo) {
    return 0;
  }
  body_.release(bytes);
  kept_bytes_ -= bytes;
  return bytes;
}
