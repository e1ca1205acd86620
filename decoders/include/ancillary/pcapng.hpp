// Capture files: datagrams and their metadata as pcapng, for Wireshark and its relatives.
//
// It is part of the library `decoders`, because it has the same needs: values in, bytes out, on
// every host and for datagrams of any origin, without Asio and without a socket. A library of its
// own would be a third package for eight hundred lines. `ancillary::recorder` of
// ancillary/recvmsg/recorder.hpp connects it with a receive loop.
#pragma once

#include "ancillary/pcapng/blocks.hpp"
#include "ancillary/pcapng/writer.hpp"
