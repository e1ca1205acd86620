// One HTTP request and its response: POST echoes the body while it arrives, GET /NUMBER returns
// that many bytes of a fixed pattern.
#pragma once

#include "byte_queue.hpp"

#include <cstddef>
#include <cstdint>
#include <nghttp3/nghttp3.h>
#include <span>
#include <string>
#include <string_view>

class request {
public:
  void set_method(std::string_view method) { method_ = method; }
  void set_path(std::string_view path) { path_ = path; }

  // After the header: decides what to answer, and returns the status.
  [[nodiscard]] std::string_view start();

  // The request's body. Returns whether the response waits for it; else it is of no use.
  bool receive(std::span<const std::uint8_t> bytes);
  void end_of_body() { body_ended_ = true; }

  // Fills in the next pieces of the response; NGHTTP3_ERR_WOULDBLOCK before the request's body
  // arrives.
  nghttp3_ssize next(std::span<nghttp3_vec> pieces, std::uint32_t& flags);

  // The client has these bytes of the response. Returns the bytes of the request's body that were
  // freed by it.
  std::size_t acknowledged(std::size_t bytes);

  // Bytes of the request's body that are kept.
  [[nodiscard]] std::size_t kept_bytes() const { return kept_bytes_; }
  [[nodiscard]] std::uint64_t served_bytes() const { return served_bytes_; }

private:
  enum class kind : std::uint8_t { refusal, pattern, echo };

  nghttp3_ssize next_pattern(std::span<nghttp3_vec> pieces, std::uint32_t& flags);
  nghttp3_ssize next_echo(std::span<nghttp3_vec> pieces, std::uint32_t& flags);

  std::string method_;
  std::string path_;
  kind kind_ = kind::refusal;
  std::uint64_t pattern_bytes_ = 0;
  std::uint64_t served_bytes_ = 0; // handed to the transport
  byte_queue body_;
  std::size_t kept_bytes_ = 0;
  bool body_ended_ = false;
};
