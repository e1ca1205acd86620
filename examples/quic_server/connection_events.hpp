// What ngtcp2 calls. The user data of a transport is its connection.
#pragma once

#include "connection.hpp"

struct connection_events {
  static ngtcp2_callbacks make();
  static void write_log(void* user, std::uint32_t flags, const void* bytes, std::size_t count);

private:
  static connection& self(void* user) { return *static_cast<connection*>(user); }

  // 0, or the failure of a callback; then the connection is to be closed for this error.
  static int checked(connection& owner, int http_error);

  static void set_crypto(ngtcp2_callbacks& events);
  static void set_connection(ngtcp2_callbacks& events);
  static void set_streams(ngtcp2_callbacks& events);

  static int new_id(ngtcp2_conn*, ngtcp2_cid* id, std::uint8_t* reset_token, std::size_t bytes,
                    void* user);
  static int handshake_completed(ngtcp2_conn* transport, void* user);
};
