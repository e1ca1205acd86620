// The server's TLS side, with GnuTLS: one certificate, and a session for each connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <gnutls/gnutls.h>
#include <ngtcp2/ngtcp2_crypto.h>
#include <span>
#include <string>

class tls_credentials {
public:
  // With empty names, a self-signed certificate that is made now. Throws std::runtime_error.
  tls_credentials(const std::string& certificate_file, const std::string& key_file);
  tls_credentials(const tls_credentials&) = delete;
  tls_credentials& operator=(const tls_credentials&) = delete;
  ~tls_credentials();

  [[nodiscard]] gnutls_certificate_credentials_t get() const { return credentials_; }

private:
  void make_self_signed();

  gnutls_certificate_credentials_t credentials_ = nullptr;
};

// TLS 1.3 with the application protocol h3.
class tls_session {
public:
  // `connection` must outlive the session. Throws std::runtime_error.
  tls_session(const tls_credentials& credentials, ngtcp2_crypto_conn_ref* connection);
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;
  ~tls_session();

  [[nodiscard]] gnutls_session_t get() const { return session_; }

private:
  gnutls_session_t session_ = nullptr;
};

// Unpredictable bytes. Ends the program if the system has none: nothing can go on without.
void random_bytes(std::span<std::uint8_t> bytes) noexcept;
