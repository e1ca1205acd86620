#include "http3_session.hpp"

#include <string_view>

namespace {

// RFC 9114, 6.2: each side needs a control stream and the two streams of QPACK.
constexpr int own_streams = 3;

nghttp3_nv header(std::string_view name, std::string_view value) {
  // nghttp3 copies both.
  return {reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
          reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(),
          value.size(), NGHTTP3_NV_FLAG_NONE};
}

} // namespace

http3_session::http3_session(ngtcp2_conn* transport, summary& totals)
    : transport_(transport), totals_(totals) {}

http3_session::~http3_session() {
  nghttp3_conn_del(http_);
  for (const auto& [stream, unfinished] : requests_) {
    totals_.served_bytes += unfinished->served_bytes();
  }
}

int http3_session::open() {
  const nghttp3_callbacks events = callbacks();
  nghttp3_settings settings;
  nghttp3_settings_default(&settings);
  if (const int error =
          nghttp3_conn_server_new(&http_, &events, &settings, nghttp3_mem_default(), this)) {
    return error;
  }
  nghttp3_conn_set_max_client_streams_bidi(
      http_, ngtcp2_conn_get_local_transport_params(transport_)->initial_max_streams_bidi);
  std::int64_t streams[own_streams];
  for (std::int64_t& stream : streams) {
    if (ngtcp2_conn_open_uni_stream(transport_, &stream, nullptr) != 0) {
      return NGHTTP3_ERR_H3_STREAM_CREATION_ERROR; // the client allows too few
    }
  }
  if (const int error = nghttp3_conn_bind_control_stream(http_, streams[0])) {
    return error;
  }
  return nghttp3_conn_bind_qpack_streams(http_, streams[1], streams[2]);
}

int http3_session::receive(std::int64_t stream, std::span<const std::uint8_t> bytes, bool last) {
  const nghttp3_ssize consumed =
      nghttp3_conn_read_stream(http_, stream, bytes.data(), bytes.size(), last ? 1 : 0);
  if (consumed < 0) {
    return static_cast<int>(consumed);
  }
  allow(stream, static_cast<std::size_t>(consumed));
  return 0;
}

// The client may send as many bytes more.
void http3_session::allow(std::int64_t stream, std::size_t bytes) {
  // Fails only for a stream that is gone.
  static_cast<void>(ngtcp2_conn_extend_max_stream_offset(transport_, stream, bytes));
  ngtcp2_conn_extend_max_offset(transport_, bytes);
}

int http3_session::acknowledged(std::int64_t stream, std::uint64_t bytes) {
  return nghttp3_conn_add_ack_offset(http_, stream, bytes);
}

int http3_session::unblock(std::int64_t stream) {
  return nghttp3_conn_unblock_stream(http_, stream);
}

int http3_session::stop_reading(std::int64_t stream) {
  return nghttp3_conn_shutdown_stream_read(http_, stream);
}

int http3_session::close(std::int64_t stream, std::uint64_t error_code) {
  const int error = nghttp3_conn_close_stream(http_, stream, error_code);
  if (error == NGHTTP3_ERR_STREAM_NOT_FOUND) {
    forget(stream);
    return 0;
  }
  return error;
}

void http3_session::allow_streams(std::uint64_t total) {
  nghttp3_conn_set_max_client_streams_bidi(http_, total);
}

nghttp3_ssize http3_session::next(std::int64_t& stream, bool& last, std::span<nghttp3_vec> pieces) {
  int fin = 0;
  const nghttp3_ssize count =
      nghttp3_conn_writev_stream(http_, &stream, &fin, pieces.data(), pieces.size());
  last = fin != 0;
  return count;
}

int http3_session::taken(std::int64_t stream, std::size_t bytes) {
  return nghttp3_conn_add_write_offset(http_, stream, bytes);
}

void http3_session::block(std::int64_t stream) { nghttp3_conn_block_stream(http_, stream); }

void http3_session::stop_writing(std::int64_t stream) {
  nghttp3_conn_shutdown_stream_write(http_, stream);
}

request* http3_session::find(std::int64_t stream) {
  const auto found = requests_.find(stream);
  return found == requests_.end() ? nullptr : found->second.get();
}

int http3_session::respond(std::int64_t stream) {
  request* const asked = find(stream);
  if (asked == nullptr) {
    return 0;
  }
  const nghttp3_nv headers[] = {header(":status", asked->start()), header("server", "quic_server")};
  const nghttp3_data_reader reader{[](nghttp3_conn*, std::int64_t, nghttp3_vec* pieces,
                                      std::size_t count, std::uint32_t* flags, void*,
                                      void* user) -> nghttp3_ssize {
    return static_cast<request*>(user)->next({pieces, count}, *flags);
  }};
  ++totals_.requests;
  return nghttp3_conn_submit_response(http_, stream, headers, std::size(headers), &reader);
}

void http3_session::forget(std::int64_t stream) {
  if (const request* const gone = find(stream)) {
    totals_.served_bytes += gone->served_bytes();
    // What was never echoed no longer counts against the connection.
    ngtcp2_conn_extend_max_offset(transport_, gone->kept_bytes());
    requests_.erase(stream);
  }
  if (ngtcp2_is_bidi_stream(stream) != 0) {
    ngtcp2_conn_extend_max_streams_bidi(transport_, 1);
  }
}

// The events of nghttp3. A request is the user data of its stream.
nghttp3_callbacks http3_session::callbacks() {
  static constexpr auto self = [](void* user) -> http3_session& {
    return *static_cast<http3_session*>(user);
  };
  nghttp3_callbacks events{};
  events.begin_headers = [](nghttp3_conn* http, std::int64_t stream, void* user, void*) {
    auto made = std::make_unique<request>();
    const int error = nghttp3_conn_set_stream_user_data(http, stream, made.get());
    self(user).requests_[stream] = std::move(made);
    return error;
  };
  events.recv_header = [](nghttp3_conn*, std::int64_t, std::int32_t token, nghttp3_rcbuf*,
                          nghttp3_rcbuf* value, std::uint8_t, void*, void* of_stream) {
    const nghttp3_vec text = nghttp3_rcbuf_get_buf(value);
    const std::string_view view(reinterpret_cast<const char*>(text.base), text.len);
    if (token == NGHTTP3_QPACK_TOKEN__METHOD) {
      static_cast<request*>(of_stream)->set_method(view);
    } else if (token == NGHTTP3_QPACK_TOKEN__PATH) {
      static_cast<request*>(of_stream)->set_path(view);
    }
    return 0;
  };
  events.end_headers = [](nghttp3_conn*, std::int64_t stream, int, void* user, void*) {
    return self(user).respond(stream);
  };
  events.recv_data = [](nghttp3_conn* http, std::int64_t stream, const std::uint8_t* bytes,
                        std::size_t count, void* user, void* of_stream) {
    if (!static_cast<request*>(of_stream)->receive({bytes, count})) {
      self(user).allow(stream, count);
      return 0;
    }
    return nghttp3_conn_resume_stream(http, stream);
  };
  events.end_stream = [](nghttp3_conn* http, std::int64_t stream, void*, void* of_stream) {
    static_cast<request*>(of_stream)->end_of_body();
    return nghttp3_conn_resume_stream(http, stream);
  };
  events.acked_stream_data = [](nghttp3_conn*, std::int64_t stream, std::uint64_t bytes, void* user,
                                void* of_stream) {
    auto* const asked = static_cast<request*>(of_stream);
    self(user).allow(stream, asked->acknowledged(static_cast<std::size_t>(bytes)));
    return 0;
  };
  events.deferred_consume = [](nghttp3_conn*, std::int64_t stream, std::size_t count, void* user,
                               void*) {
    self(user).allow(stream, count);
    return 0;
  };
  events.stop_sending = [](nghttp3_conn*, std::int64_t stream, std::uint64_t error_code, void* user,
                           void*) {
    return ngtcp2_conn_shutdown_stream_read(self(user).transport_, stream, error_code);
  };
  events.reset_stream = [](nghttp3_conn*, std::int64_t stream, std::uint64_t error_code, void* user,
                           void*) {
    return ngtcp2_conn_shutdown_stream_write(self(user).transport_, stream, error_code);
  };
  events.stream_close = [](nghttp3_conn*, std::int64_t stream, std::uint64_t, void* user, void*) {
    self(user).forget(stream);
    return 0;
  };
  return events;
}
