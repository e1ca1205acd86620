#include "connection_events.hpp"

#include <ngtcp2/ngtcp2_crypto.h>

ngtcp2_callbacks connection_events::make() {
  ngtcp2_callbacks events{};
  set_crypto(events);
  set_connection(events);
  set_streams(events);
  return events;
}

void connection_events::write_log(void* user, std::uint32_t, const void* bytes, std::size_t count) {
  self(user).log_.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(count));
}

int connection_events::checked(connection& owner, int http_error) {
  if (http_error == 0) {
    return 0;
  }
  ngtcp2_connection_close_error_set_application_error(
      &owner.close_reason_, nghttp3_err_infer_quic_app_error_code(http_error), nullptr, 0);
  return NGTCP2_ERR_CALLBACK_FAILURE;
}

void connection_events::set_crypto(ngtcp2_callbacks& events) {
  events.recv_client_initial = ngtcp2_crypto_recv_client_initial_cb;
  events.recv_crypto_data = ngtcp2_crypto_recv_crypto_data_cb;
  events.encrypt = ngtcp2_crypto_encrypt_cb;
  events.decrypt = ngtcp2_crypto_decrypt_cb;
  events.hp_mask = ngtcp2_crypto_hp_mask_cb;
  events.update_key = ngtcp2_crypto_update_key_cb;
  events.delete_crypto_aead_ctx = ngtcp2_crypto_delete_crypto_aead_ctx_cb;
  events.delete_crypto_cipher_ctx = ngtcp2_crypto_delete_crypto_cipher_ctx_cb;
  events.get_path_challenge_data = ngtcp2_crypto_get_path_challenge_data_cb;
  events.version_negotiation = ngtcp2_crypto_version_negotiation_cb;
  // Not for secrets: ngtcp2 varies its packets with it.
  events.rand = [](std::uint8_t* bytes, std::size_t count, const ngtcp2_rand_ctx*) {
    random_bytes({bytes, count});
  };
}

void connection_events::set_connection(ngtcp2_callbacks& events) {
  events.get_new_connection_id = new_id;
  events.remove_connection_id = [](ngtcp2_conn*, const ngtcp2_cid* id, void* user) {
    self(user).environment_.table.remove(*id);
    return 0;
  };
  events.handshake_completed = handshake_completed;
  events.recv_tx_key = [](ngtcp2_conn* transport, ngtcp2_crypto_level level, void* user) {
    connection& owner = self(user);
    if (level != NGTCP2_CRYPTO_LEVEL_APPLICATION) {
      return 0;
    }
    owner.http_ = std::make_unique<http3_session>(transport, owner.environment_.totals);
    return checked(owner, owner.http_->open());
  };
  events.path_validation = [](ngtcp2_conn*, std::uint32_t, const ngtcp2_path*,
                              ngtcp2_path_validation_result result, void* user) {
    if (result == NGTCP2_PATH_VALIDATION_RESULT_SUCCESS) {
      ++self(user).environment_.totals.migrations;
    }
    return 0;
  };
}

int connection_events::new_id(ngtcp2_conn*, ngtcp2_cid* id, std::uint8_t* reset_token,
                              std::size_t bytes, void* user) {
  connection& owner = self(user);
  id->datalen = bytes;
  random_bytes({id->data, bytes});
  const auto& secret = owner.environment_.secret.bytes;
  if (ngtcp2_crypto_generate_stateless_reset_token(reset_token, secret.data(), secret.size(), id) !=
      0) {
    return NGTCP2_ERR_CALLBACK_FAILURE;
  }
  owner.environment_.table.add(*id, owner.shared_from_this());
  return 0;
}

// Gives the client a token with which its next connection needs no Retry.
int connection_events::handshake_completed(ngtcp2_conn* transport, void* user) {
  connection& owner = self(user);
  ++owner.environment_.totals.handshakes;
  owner.in_handshake_ = false;
  --owner.environment_.in_handshake;
  const auto& secret = owner.environment_.secret.bytes;
  const ngtcp2_addr& remote = ngtcp2_conn_get_path(transport)->remote;
  std::array<std::uint8_t, NGTCP2_CRYPTO_MAX_REGULAR_TOKENLEN> token;
  const ngtcp2_ssize bytes = ngtcp2_crypto_generate_regular_token(
      token.data(), secret.data(), secret.size(), remote.addr, remote.addrlen, token_time());
  if (bytes < 0) {
    return NGTCP2_ERR_CALLBACK_FAILURE;
  }
  return ngtcp2_conn_submit_new_token(transport, token.data(), static_cast<std::size_t>(bytes));
}

void connection_events::set_streams(ngtcp2_callbacks& events) {
  events.recv_stream_data = [](ngtcp2_conn*, std::uint32_t flags, std::int64_t stream,
                               std::uint64_t, const std::uint8_t* bytes, std::size_t count,
                               void* user, void*) {
    connection& owner = self(user);
    const bool last = (flags & NGTCP2_STREAM_DATA_FLAG_FIN) != 0;
    return owner.http_ ? checked(owner, owner.http_->receive(stream, {bytes, count}, last)) : 0;
  };
  events.acked_stream_data_offset = [](ngtcp2_conn*, std::int64_t stream, std::uint64_t,
                                       std::uint64_t count, void* user, void*) {
    connection& owner = self(user);
    return owner.http_ ? checked(owner, owner.http_->acknowledged(stream, count)) : 0;
  };
  events.stream_close = [](ngtcp2_conn*, std::uint32_t flags, std::int64_t stream,
                           std::uint64_t error_code, void* user, void*) {
    connection& owner = self(user);
    if ((flags & NGTCP2_STREAM_CLOSE_FLAG_APP_ERROR_CODE_SET) == 0) {
      error_code = NGHTTP3_H3_NO_ERROR;
    }
    return owner.http_ ? checked(owner, owner.http_->close(stream, error_code)) : 0;
  };
  events.stream_reset = [](ngtcp2_conn*, std::int64_t stream, std::uint64_t, std::uint64_t,
                           void* user, void*) {
    connection& owner = self(user);
    return owner.http_ ? checked(owner, owner.http_->stop_reading(stream)) : 0;
  };
  events.stream_stop_sending = [](ngtcp2_conn*, std::int64_t stream, std::uint64_t, void* user,
                                  void*) {
    connection& owner = self(user);
    return owner.http_ ? checked(owner, owner.http_->stop_reading(stream)) : 0;
  };
  events.extend_max_stream_data = [](ngtcp2_conn*, std::int64_t stream, std::uint64_t, void* user,
                                     void*) {
    connection& owner = self(user);
    return owner.http_ ? checked(owner, owner.http_->unblock(stream)) : 0;
  };
  events.extend_max_remote_streams_bidi = [](ngtcp2_conn*, std::uint64_t total, void* user) {
    if (const auto& http = self(user).http_) {
      http->allow_streams(total);
    }
    return 0;
  };
}
