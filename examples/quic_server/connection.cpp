#include "connection.hpp"

#include "connection_events.hpp"

#include <array>
#include <bit>
#include <chrono>
#include <cstdio>
#include <stdexcept>

namespace {

constexpr std::uint64_t megabyte = std::uint64_t{1} << 20;
constexpr std::uint64_t stream_window_bytes = megabyte; // to begin with; ngtcp2 raises them
constexpr std::uint64_t window_bytes = 2 * megabyte;    // up to the largest ones
constexpr std::uint64_t largest_stream_window = 6 * megabyte;
constexpr std::uint64_t largest_window = 12 * megabyte;
constexpr std::uint64_t concurrent_requests = 100;

} // namespace

connection::connection(connection_environment& environment, const ngtcp2_pkt_hd& first,
                       const std::optional<ngtcp2_cid>& original, network_path path)
    : environment_(environment), timer_(environment.io) {
  reference_ = {[](ngtcp2_crypto_conn_ref* reference) {
                  return static_cast<connection*>(reference->user_data)->transport_;
                },
                this};
  ngtcp2_connection_close_error_default(&close_reason_);
  tls_ = std::make_unique<tls_session>(environment.credentials, &reference_);
  make_transport(first, original, path);
  ++environment_.totals.connections;
  ++environment_.in_handshake;
}

connection::~connection() {
  environment_.in_handshake -= in_handshake_ ? 1 : 0;
  http_.reset(); // uses the transport
  ngtcp2_conn_del(transport_);
}

void connection::make_transport(const ngtcp2_pkt_hd& first,
                                const std::optional<ngtcp2_cid>& original, network_path& path) {
  own_id_.datalen = issued_id_bytes;
  random_bytes({own_id_.data, own_id_.datalen});

  ngtcp2_settings settings;
  ngtcp2_settings_default(&settings);
  settings.initial_ts = now();
  settings.token = first.token;
  settings.cc_algo = environment_.congestion_control;
  settings.max_stream_window = largest_stream_window;
  settings.max_window = largest_window;
  if (!environment_.qlog_directory.empty()) {
    open_log();
    settings.qlog.odcid = original.value_or(first.dcid);
    settings.qlog.write = connection_events::write_log;
  }

  ngtcp2_transport_params params;
  ngtcp2_transport_params_default(&params);
  params.initial_max_stream_data_bidi_remote = stream_window_bytes;
  params.initial_max_stream_data_uni = stream_window_bytes;
  params.initial_max_data = window_bytes;
  params.initial_max_streams_bidi = concurrent_requests;
  params.initial_max_streams_uni = 3; // of HTTP/3
  params.max_idle_timeout = 30 * NGTCP2_SECONDS;
  params.active_connection_id_limit = 7;
  params.original_dcid = original.value_or(first.dcid);
  params.retry_scid_present = original.has_value();
  params.retry_scid = first.dcid;
  params.stateless_reset_token_present = 1;
  ngtcp2_crypto_generate_stateless_reset_token(params.stateless_reset_token,
                                               environment_.secret.bytes.data(),
                                               environment_.secret.bytes.size(), &own_id_);

  const ngtcp2_callbacks events = connection_events::make();
  const ngtcp2_path where = to_ngtcp2(path);
  if (const int error =
          ngtcp2_conn_server_new(&transport_, &first.scid, &own_id_, &where, first.version, &events,
                                 &settings, &params, nullptr, this)) {
    throw std::runtime_error(std::string("connection: ") + ngtcp2_strerror(error));
  }
  ngtcp2_conn_set_tls_native_handle(transport_, tls_->get());
}

void connection::open_log() {
  std::string name = environment_.qlog_directory + '/';
  for (const std::uint8_t octet : std::span(own_id_.data, own_id_.datalen)) {
    std::array<char, 3> hex{};
    std::snprintf(hex.data(), hex.size(), "%02x", octet);
    name += hex.data();
  }
  log_.open(name + ".sqlog", std::ios::binary);
  if (!log_) {
    throw std::runtime_error("cannot write " + name + ".sqlog");
  }
}

connection::verdict connection::read(datagram& received) {
  if (state_ == state::closing) {
    // RFC 9000, 10.2.1: answer ever more rarely.
    if (std::has_single_bit(++packets_while_closing_)) {
      close_wanted_ = true;
      environment_.wake(*this);
    }
    return verdict::handled;
  }
  if (state_ != state::open) {
    return verdict::handled;
  }
  const ngtcp2_path path = to_ngtcp2(received.path);
  ngtcp2_pkt_info info{};
  info.ecn = received.ecn;
  switch (const int error = ngtcp2_conn_read_pkt(transport_, &path, &info, received.payload.data(),
                                                 received.payload.size(), now())) {
  case 0:
    environment_.wake(*this);
    break;
  case NGTCP2_ERR_DRAINING:
    count_close_of_client();
    linger(state::draining);
    break;
  case NGTCP2_ERR_RETRY:
    return verdict::retry;
  case NGTCP2_ERR_DROP_CONN:
    state_ = state::over;
    environment_.wake(*this);
    break;
  default:
    fail(error);
  }
  return verdict::handled;
}

bool connection::write(outbox& out) {
  if (state_ == state::closing && close_wanted_) {
    const std::span<std::uint8_t> room = out.room(close_packet_.size());
    if (room.empty()) {
      return true;
    }
    std::copy(close_packet_.begin(), close_packet_.end(), room.begin());
    out.append(close_packet_.size(), close_path_, close_ecn_);
    close_wanted_ = false;
  }
  if (state_ != state::open) {
    return false;
  }
  const ngtcp2_tstamp when = now();
  const std::size_t quantum = ngtcp2_conn_get_send_quantum(transport_);
  const std::size_t packet_bytes = ngtcp2_conn_get_max_tx_udp_payload_size(transport_);
  ngtcp2_path_storage path;
  ngtcp2_path_storage_zero(&path);
  ngtcp2_pkt_info info{};
  bool more = true;
  for (std::size_t written = 0; written < quantum;) {
    const std::span<std::uint8_t> room = out.room(packet_bytes);
    if (room.empty()) {
      break;
    }
    const ngtcp2_ssize bytes = write_packet(room, path.path, info, when);
    if (bytes <= 0) {
      more = false;
      break;
    }
    const auto packet = static_cast<std::size_t>(bytes);
    const bool probes_mtu = packet > ngtcp2_conn_get_path_max_tx_udp_payload_size(transport_);
    out.append(packet, from_ngtcp2(path.path), static_cast<std::uint8_t>(info.ecn),
               probes_mtu ? run_use::alone : run_use::shared);
    written += static_cast<std::size_t>(bytes);
  }
  if (state_ == state::closing) { // a failure in write_packet
    return true;
  }
  ngtcp2_conn_update_pkt_tx_time(transport_, when);
  arm_timer();
  return more;
}

// Writes one packet, with data of as many streams as fit. Returns 0 if nothing may be sent now.
ngtcp2_ssize connection::write_packet(std::span<std::uint8_t> room, ngtcp2_path& path,
                                      ngtcp2_pkt_info& info, ngtcp2_tstamp when) {
  std::array<nghttp3_vec, 16> pieces;
  for (;;) {
    std::int64_t stream = -1;
    bool last = false;
    nghttp3_ssize count = 0;
    if (http_ && ngtcp2_conn_get_max_data_left(transport_) > 0) {
      count = http_->next(stream, last, pieces);
      if (count < 0) {
        fail_http(static_cast<int>(count));
        return 0;
      }
    }
    const std::uint32_t flags =
        NGTCP2_WRITE_STREAM_FLAG_MORE | (last ? NGTCP2_WRITE_STREAM_FLAG_FIN : 0U);
    ngtcp2_ssize taken = -1;
    const ngtcp2_ssize bytes = ngtcp2_conn_writev_stream(
        transport_, &path, &info, room.data(), room.size(), &taken, flags, stream,
        reinterpret_cast<const ngtcp2_vec*>(pieces.data()), static_cast<std::size_t>(count), when);
    if (taken >= 0) {
      if (const int error = http_->taken(stream, static_cast<std::size_t>(taken))) {
        fail_http(error);
        return 0;
      }
    }
    if (bytes >= 0) {
      return bytes;
    }
    switch (bytes) {
    case NGTCP2_ERR_WRITE_MORE:
      break;
    case NGTCP2_ERR_STREAM_DATA_BLOCKED:
      http_->block(stream);
      break;
    case NGTCP2_ERR_STREAM_SHUT_WR:
      http_->stop_writing(stream);
      break;
    default:
      fail(static_cast<int>(bytes));
      return 0;
    }
  }
}

void connection::shut_down() {
  if (state_ == state::open) {
    ngtcp2_connection_close_error_set_application_error(&close_reason_, NGHTTP3_H3_NO_ERROR,
                                                        nullptr, 0);
    close();
  }
}
