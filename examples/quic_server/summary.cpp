#include "summary.hpp"

#include <ostream>

std::ostream& operator<<(std::ostream& out, const summary& totals) {
  return out << "\"connections\":" << totals.connections << ",\"handshakes\":" << totals.handshakes
             << ",\"requests\":" << totals.requests << ",\"served_bytes\":" << totals.served_bytes
             << ",\"migrations\":" << totals.migrations << ",\"retries\":" << totals.retries
             << ",\"version_negotiations\":" << totals.version_negotiations
             << ",\"stateless_resets\":" << totals.stateless_resets
             << ",\"unroutable\":" << totals.unroutable
             << ",\"answers_dropped\":" << totals.answers_dropped
             << ",\"blocked\":" << totals.blocked
             << ",\"connection_errors\":" << totals.connection_errors
             << ",\"ecn\":{\"not_ect\":" << totals.ecn[0] << ",\"ect1\":" << totals.ecn[1]
             << ",\"ect0\":" << totals.ecn[2] << ",\"ce\":" << totals.ecn[3] << '}';
}
