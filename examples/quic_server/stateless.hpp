// Answers to datagrams that belong to no connection: Version Negotiation, Retry, Stateless Reset
// (RFC 9000, 6, 8.1.2 and 10.3).
#pragma once

#include "network.hpp"
#include "outbox.hpp"
#include "secret.hpp"
#include "summary.hpp"

#include <cstdint>
#include <ngtcp2/ngtcp2.h>
#include <optional>

class stateless_answers {
public:
  stateless_answers(outbox& out, const server_secret& secret, summary& totals)
      : out_(out), secret_(secret), totals_(totals) {}

  void version_negotiation(const datagram& received, const ngtcp2_version_cid& header);
  void retry(datagram& received, const ngtcp2_pkt_hd& header);
  void invalid_token(const datagram& received, const ngtcp2_pkt_hd& header);
  // Tells a client that its connection is gone, for example after a restart.
  void reset(const datagram& received, const ngtcp2_cid& unknown);

private:
  template <class Write>
  void answer(const datagram& received, std::uint64_t& count, Write write);

  outbox& out_;
  const server_secret& secret_;
  summary& totals_;
};

// Whether the client has shown that it receives at its address, by its token.
struct address_check {
  enum class verdict : std::uint8_t { validated, unknown, invalid };
  verdict result = verdict::unknown;
  std::optional<ngtcp2_cid> original; // from the token of a Retry: the client's first ID
};

[[nodiscard]] address_check check_address(const ngtcp2_pkt_hd& header, datagram& received,
                                          const server_secret& secret);
