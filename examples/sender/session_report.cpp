// What a session says about errors and at its end.
#include "names.hpp"
#include "say.hpp"
#include "session.hpp"
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/error_detail.hpp>

namespace tool {

void session::on_receive_error(const ancillary::receive_error& error) {
  if (error.fatal) {
    if (!has_ended_) {
      fail("waiting for errors ended: " + ancillary::describe(error.code));
    }
    return;
  }
  constexpr std::uint64_t most_lines = 20;
  if (++errors_reported_ > most_lines) {
    return;
  }
  std::string text = "error: " + std::string(to_string(error.condition));
  if (error.detail != nullptr) {
    text += " for a datagram to " + to_text(error.detail->remote);
    if (error.detail->source) {
      text += " from " + to_string(*error.detail->source);
    }
    text += ": " + to_string(error.detail->cause);
    if (const auto mtu = error.detail->cause.mtu()) {
      text += ", MTU " + std::to_string(*mtu);
    }
  }
  say(errors_reported_ < most_lines ? text : text + "; further ones are only counted");
}

void session::say_summary() const {
  const ancillary::send_counters counters = sender_.counters();
  const auto elapsed = std::chrono::duration<double>(end_ - start_).count();
  std::string text = "sent " + std::to_string(counters.datagrams) +
                     (counters.datagrams == 1 ? " datagram, " : " datagrams, ") +
                     std::to_string(counters.bytes) + " bytes in " + std::to_string(elapsed) + " s";
  const auto add = [&text](std::uint64_t number, const char* what) {
    if (number != 0) {
      text += "\n  " + std::to_string(number) + " " + what;
    }
  };
  add(failed_, "could not be sent");
  add(errors_reported_, "errors reported for datagrams sent earlier");
  add(counters.send_buffer_full, "times the send buffer was full");
  add(counters.without_interface, "times the system refused the interface");
  add(counters.without_source, "times the system refused the source address");
  add(counters.without_traffic_class, "times the system refused DSCP or ECN with a datagram");
  add(counters.without_hop_limit, "times the system took the TTL from the socket");
  add(counters.segments_refused, "payloads split by the library");
  say(text);
}

} // namespace tool
