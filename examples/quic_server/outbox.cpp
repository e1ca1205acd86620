#include "outbox.hpp"

#include <ancillary/recvmsg/endpoint.hpp>

#include <asio/error.hpp>

namespace {

constexpr std::size_t memory_bytes = std::size_t{256} * 1024;
constexpr std::size_t most_runs = 64; // of one call of sender::send that is one system call

// The limits of outgoing::segment_bytes.
constexpr std::size_t most_run_packets = 64;
constexpr std::size_t most_run_bytes = 65'507;

bool same(const network_path& a, const network_path& b) {
  return a.remote == b.remote && a.local == b.local && a.interface_index == b.interface_index;
}

} // namespace

outbox::outbox(network& net) : network_(net), memory_(memory_bytes) { runs_.reserve(most_runs); }

std::span<std::uint8_t> outbox::room(std::size_t bytes) {
  if (!blocked_ && (memory_.size() - used_ < bytes || runs_.size() == most_runs)) {
    flush();
  }
  if (blocked_) {
    return {};
  }
  return std::span(memory_).subspan(used_, bytes);
}

bool outbox::extends_last(std::size_t bytes, const network_path& path, std::uint8_t ecn) const {
  if (last_packets_ == 0 || last_packets_ == most_run_packets || last_ecn_ != ecn) {
    return false;
  }
  const ancillary::outgoing& run = runs_.back();
  return bytes <= last_packet_bytes_ && run.payload.size() + bytes <= most_run_bytes &&
         same(last_path_, path);
}

void outbox::append(std::size_t bytes, const network_path& path, std::uint8_t ecn, run_use use) {
  if (use == run_use::shared && extends_last(bytes, path, ecn)) {
    ancillary::outgoing& run = runs_.back();
    run.payload = {run.payload.data(), run.payload.size() + bytes};
    run.segment_bytes = static_cast<std::uint32_t>(last_packet_bytes_);
    last_packets_ = bytes == last_packet_bytes_ ? last_packets_ + 1 : 0;
  } else {
    ancillary::outgoing run;
    run.payload = std::as_bytes(std::span(memory_).subspan(used_, bytes));
    run.remote = path.remote;
    run.source = ancillary::from_asio(path.local.address());
    run.interface_index = path.interface_index;
    run.by_interface = ancillary::interface_use::where_needed;
    run.is_reply = true; // a forged source address must not make the server answer itself
    run.ecn = static_cast<ancillary::ecn_codepoint>(ecn);
    runs_.push_back(run);
    last_packet_bytes_ = bytes;
    last_path_ = path;
    last_ecn_ = ecn;
    last_packets_ = use == run_use::shared ? 1 : 0;
  }
  used_ += bytes;
}

void outbox::flush() {
  blocked_ = false;
  while (sent_runs_ < runs_.size()) {
    std::error_code error;
    sent_runs_ += network_.send(std::span(runs_).subspan(sent_runs_), error);
    if (error == asio::error::would_block) {
      blocked_ = true;
      return;
    }
    if (error) {
      ++refused_runs_;
      ++sent_runs_;
    }
  }
  runs_.clear();
  sent_runs_ = 0;
  used_ = 0;
  last_packets_ = 0;
}
