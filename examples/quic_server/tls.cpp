#include "tls.hpp"

#include <ctime>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <memory>
#include <ngtcp2/ngtcp2_crypto_gnutls.h>
#include <stdexcept>
#include <string_view>
#include <type_traits>

namespace {

void check(int result, std::string_view what) {
  if (result < 0) {
    throw std::runtime_error(std::string(what) + ": " + gnutls_strerror(result));
  }
}

constexpr std::string_view priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.3:%DISABLE_TLS13_COMPAT_MODE";

constexpr std::time_t certificate_seconds = std::time_t{30} * 24 * 3600;

template <class Handle, void (*Free)(Handle)>
using owned = std::unique_ptr<std::remove_pointer_t<Handle>, decltype([](Handle h) { Free(h); })>;

} // namespace

tls_credentials::tls_credentials(const std::string& certificate_file, const std::string& key_file) {
  check(gnutls_certificate_allocate_credentials(&credentials_), "TLS credentials");
  try {
    if (certificate_file.empty()) {
      make_self_signed();
    } else {
      check(gnutls_certificate_set_x509_key_file(credentials_, certificate_file.c_str(),
                                                 key_file.c_str(), GNUTLS_X509_FMT_PEM),
            "certificate " + certificate_file);
    }
  } catch (...) {
    gnutls_certificate_free_credentials(credentials_);
    throw;
  }
}

tls_credentials::~tls_credentials() { gnutls_certificate_free_credentials(credentials_); }

void tls_credentials::make_self_signed() {
  gnutls_x509_privkey_t raw_key = nullptr;
  check(gnutls_x509_privkey_init(&raw_key), "private key");
  const owned<gnutls_x509_privkey_t, gnutls_x509_privkey_deinit> key(raw_key);
  check(gnutls_x509_privkey_generate(raw_key, GNUTLS_PK_ECDSA,
                                     GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
        "private key");

  gnutls_x509_crt_t raw_certificate = nullptr;
  check(gnutls_x509_crt_init(&raw_certificate), "certificate");
  const owned<gnutls_x509_crt_t, gnutls_x509_crt_deinit> certificate(raw_certificate);
  const std::time_t now = std::time(nullptr);
  std::uint8_t serial[8];
  random_bytes(serial);
  serial[0] &= 0x7F; // positive: RFC 5280, 4.1.2.2
  constexpr std::string_view name = "localhost";
  check(gnutls_x509_crt_set_version(raw_certificate, 3), "certificate version");
  check(gnutls_x509_crt_set_serial(raw_certificate, serial, sizeof serial), "serial number");
  check(gnutls_x509_crt_set_activation_time(raw_certificate, now - 3600), "activation time");
  check(gnutls_x509_crt_set_expiration_time(raw_certificate, now + certificate_seconds),
        "expiration time");
  check(gnutls_x509_crt_set_dn_by_oid(raw_certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name.data(),
                                      name.size()),
        "common name");
  check(gnutls_x509_crt_set_subject_alt_name(raw_certificate, GNUTLS_SAN_DNSNAME, name.data(),
                                             name.size(), GNUTLS_FSAN_SET),
        "alternative name");
  check(gnutls_x509_crt_set_key(raw_certificate, raw_key), "key of the certificate");
  check(gnutls_x509_crt_sign2(raw_certificate, raw_certificate, raw_key, GNUTLS_DIG_SHA256, 0),
        "signature");
  check(gnutls_certificate_set_x509_key(credentials_, &raw_certificate, 1, raw_key),
        "self-signed certificate");
}

tls_session::tls_session(const tls_credentials& credentials, ngtcp2_crypto_conn_ref* connection) {
  check(gnutls_init(&session_, GNUTLS_SERVER | GNUTLS_NO_AUTO_SEND_TICKET), "TLS session");
  try {
    check(gnutls_priority_set_direct(session_, priorities.data(), nullptr), "TLS priorities");
    if (ngtcp2_crypto_gnutls_configure_server_session(session_) != 0) {
      throw std::runtime_error("ngtcp2 cannot configure the TLS session");
    }
    check(gnutls_credentials_set(session_, GNUTLS_CRD_CERTIFICATE, credentials.get()),
          "TLS credentials");
    std::uint8_t h3[] = {'h', '3'};
    const gnutls_datum_t protocol{h3, sizeof h3};
    check(gnutls_alpn_set_protocols(session_, &protocol, 1, GNUTLS_ALPN_MANDATORY), "ALPN");
    gnutls_session_set_ptr(session_, connection);
  } catch (...) {
    gnutls_deinit(session_);
    throw;
  }
}

tls_session::~tls_session() { gnutls_deinit(session_); }

void random_bytes(std::span<std::uint8_t> bytes) noexcept {
  check(gnutls_rnd(GNUTLS_RND_RANDOM, bytes.data(), bytes.size()), "random bytes");
}
