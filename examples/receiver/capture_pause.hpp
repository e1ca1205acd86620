// --pause-on-full: receiving waits for the capture's output.
#pragma once

#include "capture.hpp"
#include "repeating_timer.hpp"
#include <ancillary/recvmsg/packet.hpp>

#include <asio/io_context.hpp>
#include <span>
#include <vector>

namespace tool {

// Retains the datagrams of a batch while the capture's buffer is filling, and with them the
// receiver's slots: without a free slot the receiver pauses, and the datagrams wait in the socket's
// receive buffer. Never blocks, so signals and --duration still end the run.
class capture_pause {
public:
  capture_pause(asio::io_context& io, const capture& watched) : watched_(watched), timer_(io) {}

  // After the capture has recorded these datagrams.
  void after(std::span<const ancillary::packet> batch);

  // Retains nothing any more.
  void end();

private:
  void watch();

  const capture& watched_;
  repeating_timer timer_;
  std::vector<ancillary::retained_packet> held_;
  bool said_ = false;
};

} // namespace tool
