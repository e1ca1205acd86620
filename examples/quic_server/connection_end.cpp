// How a connection ends, and its timer.
#include "connection.hpp"

#include <chrono>

namespace {

constexpr std::size_t close_packet_bytes = 1200; // RFC 9000, 14: every QUIC path carries it

} // namespace

void connection::fail(int transport_error) {
  if (transport_error == NGTCP2_ERR_CRYPTO) {
    ngtcp2_connection_close_error_set_transport_error_tls_alert(
        &close_reason_, ngtcp2_conn_get_tls_alert(transport_), nullptr, 0);
  } else if (transport_error != NGTCP2_ERR_CALLBACK_FAILURE ||
             close_reason_.type == NGTCP2_CONNECTION_CLOSE_ERROR_CODE_TYPE_TRANSPORT) {
    // The callback that failed has not set a reason of HTTP/3.
    ngtcp2_connection_close_error_set_transport_error_liberr(&close_reason_, transport_error,
                                                             nullptr, 0);
  }
  ++environment_.totals.connection_errors;
  close();
}

void connection::fail_http(int http_error) {
  ngtcp2_connection_close_error_set_application_error(
      &close_reason_, nghttp3_err_infer_quic_app_error_code(http_error), nullptr, 0);
  ++environment_.totals.connection_errors;
  close();
}

void connection::count_close_of_client() {
  ngtcp2_connection_close_error reason;
  ngtcp2_connection_close_error_default(&reason);
  ngtcp2_conn_get_connection_close_error(transport_, &reason);
  const bool by_http = reason.type == NGTCP2_CONNECTION_CLOSE_ERROR_CODE_TYPE_APPLICATION;
  if (reason.error_code != (by_http ? NGHTTP3_H3_NO_ERROR : NGTCP2_NO_ERROR)) {
    ++environment_.totals.connection_errors;
  }
}

void connection::close() {
  ngtcp2_path_storage path;
  ngtcp2_path_storage_zero(&path);
  ngtcp2_pkt_info info{};
  close_packet_.resize(close_packet_bytes);
  const ngtcp2_ssize bytes =
      ngtcp2_conn_write_connection_close(transport_, &path.path, &info, close_packet_.data(),
                                         close_packet_.size(), &close_reason_, now());
  if (bytes <= 0) { // there are no keys yet that the client would understand
    state_ = state::over;
    environment_.wake(*this);
    return;
  }
  close_packet_.resize(static_cast<std::size_t>(bytes));
  close_path_ = from_ngtcp2(path.path);
  close_ecn_ = static_cast<std::uint8_t>(info.ecn);
  close_wanted_ = true;
  linger(state::closing);
  environment_.wake(*this);
}

void connection::linger(state until_then) {
  state_ = until_then;
  linger_end_ = now() + 3 * ngtcp2_conn_get_pto(transport_); // RFC 9000, 10.2
  arm_timer();
}

void connection::expire() {
  if (state_ != state::open) {
    state_ = state::over;
  } else if (const int error = ngtcp2_conn_handle_expiry(transport_, now())) {
    if (error == NGTCP2_ERR_IDLE_CLOSE || error == NGTCP2_ERR_HANDSHAKE_TIMEOUT) {
      state_ = state::over; // RFC 9000, 10.1: silently
    } else {
      fail(error);
      return;
    }
  }
  environment_.wake(*this);
}

// Keeps a timer that expires too early: it looks again then. That is cheaper than to set it for
// each packet.
void connection::arm_timer() {
  const ngtcp2_tstamp expiry =
      state_ == state::open ? ngtcp2_conn_get_expiry(transport_) : linger_end_;
  if (expiry >= armed_) {
    return;
  }
  armed_ = expiry;
  timer_.expires_at(std::chrono::steady_clock::time_point(
      std::chrono::nanoseconds(static_cast<std::int64_t>(expiry))));
  timer_.async_wait([weak = weak_from_this()](std::error_code error) {
    const auto self = weak.lock();
    if (error || !self) {
      return;
    }
    self->armed_ = UINT64_MAX;
    const ngtcp2_tstamp due =
        self->state_ == state::open ? ngtcp2_conn_get_expiry(self->transport_) : self->linger_end_;
    if (due <= now()) {
      self->expire();
    } else {
      self->arm_timer();
    }
  });
}
