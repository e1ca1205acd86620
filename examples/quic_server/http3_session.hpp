// HTTP/3 on one QUIC connection, with nghttp3.
#pragma once

#include "request.hpp"
#include "summary.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <nghttp3/nghttp3.h>
#include <ngtcp2/ngtcp2.h>
#include <span>

// Methods return 0 or a negative error of nghttp3, which ends the connection.
class http3_session {
public:
  explicit http3_session(ngtcp2_conn* transport, summary& totals);
  http3_session(const http3_session&) = delete;
  http3_session& operator=(const http3_session&) = delete;
  ~http3_session();

  // Opens the control streams. Call it once, when the transport can send application data.
  int open();

  // From the transport.
  int receive(std::int64_t stream, std::span<const std::uint8_t> bytes, bool last);
  int acknowledged(std::int64_t stream, std::uint64_t bytes);
  int unblock(std::int64_t stream);
  int stop_reading(std::int64_t stream);
  int close(std::int64_t stream, std::uint64_t error_code);
  void allow_streams(std::uint64_t total);

  // To the transport: the next data to send, none if `stream` stays below 0; then how much of it
  // was taken, or that the stream takes no more.
  nghttp3_ssize next(std::int64_t& stream, bool& last, std::span<nghttp3_vec> pieces);
  int taken(std::int64_t stream, std::size_t bytes);
  void block(std::int64_t stream);
  void stop_writing(std::int64_t stream);

private:
  static nghttp3_callbacks callbacks();

  request* find(std::int64_t stream);
  int respond(std::int64_t stream);
  void allow(std::int64_t stream, std::size_t bytes);
  void forget(std::int64_t stream);

  ngtcp2_conn* transport_;
  summary& totals_;
  nghttp3_conn* http_ = nullptr;
  std::map<std::int64_t, std::unique_ptr<request>> requests_;
};
