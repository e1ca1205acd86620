// What the server counts.
#pragma once

#include <array>
#include <cstdint>
#include <iosfwd>

struct summary {
  std::uint64_t connections = 0;
  std::uint64_t handshakes = 0;
  std::uint64_t requests = 0;
  std::uint64_t served_bytes = 0; // of response bodies
  std::uint64_t migrations = 0;   // paths that were validated after the handshake
  std::uint64_t retries = 0;
  std::uint64_t version_negotiations = 0;
  std::uint64_t stateless_resets = 0;
  std::uint64_t unroutable = 0;        // datagrams that belong to no connection and start none
  std::uint64_t answers_dropped = 0;   // stateless answers: send buffer full
  std::uint64_t blocked = 0;           // times that packets waited for the send buffer
  std::uint64_t connection_errors = 0; // connections that ended with an error of either side
  std::array<std::uint64_t, 4> ecn{};  // received datagrams by ECN bits
};

// Members of a JSON object.
std::ostream& operator<<(std::ostream& out, const summary& totals);
