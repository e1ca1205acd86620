#include "stateless.hpp"

#include "connection_table.hpp"

#include <algorithm>
#include <array>
#include <ngtcp2/ngtcp2_crypto.h>

namespace {

constexpr std::size_t answer_bytes = 1200;
constexpr ngtcp2_duration retry_token_lifetime = 10 * NGTCP2_SECONDS;
constexpr ngtcp2_duration token_lifetime = std::uint64_t{3600} * NGTCP2_SECONDS;

// RFC 9000, 6.3: a version of this form makes clients exercise the negotiation.
constexpr std::uint32_t reserved_version = 0x1a2a3a4a;

// RFC 9000, 10.3.3: a reset is shorter than the packet that it answers, so that two hosts cannot
// answer each other for ever; and long enough to look like a packet.
constexpr std::size_t least_reset_bytes = 21;
constexpr std::size_t most_reset_bytes = 43;

} // namespace

template <class Write>
void stateless_answers::answer(const datagram& received, std::uint64_t& count, Write write) {
  const std::span<std::uint8_t> room = out_.room(answer_bytes);
  if (room.empty()) {
    ++totals_.answers_dropped;
    return;
  }
  const ngtcp2_ssize bytes = write(room);
  if (bytes > 0) {
    out_.append(static_cast<std::size_t>(bytes), received.path, NGTCP2_ECN_NOT_ECT);
    ++count;
  }
}

void stateless_answers::version_negotiation(const datagram& received,
                                            const ngtcp2_version_cid& header) {
  answer(received, totals_.version_negotiations, [&](std::span<std::uint8_t> room) {
    const std::uint32_t versions[] = {reserved_version, NGTCP2_PROTO_VER_V1};
    std::array<std::uint8_t, 1> unused_bits;
    random_bytes(unused_bits);
    return ngtcp2_pkt_write_version_negotiation(room.data(), room.size(), unused_bits[0],
                                                header.scid, header.scidlen, header.dcid,
                                                header.dcidlen, versions, std::size(versions));
  });
}

void stateless_answers::retry(datagram& received, const ngtcp2_pkt_hd& header) {
  answer(received, totals_.retries, [&](std::span<std::uint8_t> room) -> ngtcp2_ssize {
    ngtcp2_cid id{};
    id.datalen = issued_id_bytes;
    random_bytes({id.data, id.datalen});
    std::array<std::uint8_t, NGTCP2_CRYPTO_MAX_RETRY_TOKENLEN> token;
    const ngtcp2_path path = to_ngtcp2(received.path);
    const ngtcp2_ssize token_bytes = ngtcp2_crypto_generate_retry_token(
        token.data(), secret_.bytes.data(), secret_.bytes.size(), header.version, path.remote.addr,
        path.remote.addrlen, &id, &header.dcid, token_time());
    if (token_bytes < 0) {
      return token_bytes;
    }
    return ngtcp2_crypto_write_retry(room.data(), room.size(), header.version, &header.scid, &id,
                                     &header.dcid, token.data(),
                                     static_cast<std::size_t>(token_bytes));
  });
}

void stateless_answers::invalid_token(const datagram& received, const ngtcp2_pkt_hd& header) {
  answer(received, totals_.connection_errors, [&](std::span<std::uint8_t> room) {
    return ngtcp2_crypto_write_connection_close(room.data(), room.size(), header.version,
                                                &header.scid, &header.dcid, NGTCP2_INVALID_TOKEN,
                                                nullptr, 0);
  });
}

void stateless_answers::reset(const datagram& received, const ngtcp2_cid& unknown) {
  if (received.payload.size() <= least_reset_bytes) {
    return;
  }
  answer(received, totals_.stateless_resets, [&](std::span<std::uint8_t> room) -> ngtcp2_ssize {
    std::array<std::uint8_t, NGTCP2_STATELESS_RESET_TOKENLEN> token;
    if (ngtcp2_crypto_generate_stateless_reset_token(token.data(), secret_.bytes.data(),
                                                     secret_.bytes.size(), &unknown) != 0) {
      return -1;
    }
    std::array<std::uint8_t, most_reset_bytes - NGTCP2_STATELESS_RESET_TOKENLEN> random;
    random_bytes(random);
    const std::size_t bytes = std::min(received.payload.size() - 1, most_reset_bytes);
    return ngtcp2_pkt_write_stateless_reset(room.data(), room.size(), token.data(), random.data(),
                                            bytes - token.size());
  });
}

address_check check_address(const ngtcp2_pkt_hd& header, datagram& received,
                            const server_secret& secret) {
  using verdict = address_check::verdict;
  if (header.token.len == 0) {
    return {};
  }
  const ngtcp2_path path = to_ngtcp2(received.path);
  switch (header.token.base[0]) {
  case NGTCP2_CRYPTO_TOKEN_MAGIC_RETRY: {
    ngtcp2_cid original;
    if (ngtcp2_crypto_verify_retry_token(&original, header.token.base, header.token.len,
                                         secret.bytes.data(), secret.bytes.size(), header.version,
                                         path.remote.addr, path.remote.addrlen, &header.dcid,
                                         retry_token_lifetime, token_time()) != 0) {
      return {verdict::invalid, std::nullopt};
    }
    return {verdict::validated, original};
  }
  case NGTCP2_CRYPTO_TOKEN_MAGIC_REGULAR:
    if (ngtcp2_crypto_verify_regular_token(
            header.token.base, header.token.len, secret.bytes.data(), secret.bytes.size(),
            path.remote.addr, path.remote.addrlen, token_lifetime, token_time()) != 0) {
      return {};
    }
    return {verdict::validated, std::nullopt};
  default:
    return {};
  }
}
