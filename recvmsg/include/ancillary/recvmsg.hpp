// The whole library: decoders, metadata requests, receiving, sending, socket options.
#pragma once

#include <ancillary/decoders.hpp>
#include <ancillary/recvmsg/async_receiver.hpp>
#include <ancillary/recvmsg/coalescing_guard.hpp>
#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/drain.hpp>
#include <ancillary/recvmsg/endpoint.hpp>
#include <ancillary/recvmsg/filter.hpp>
#include <ancillary/recvmsg/handler.hpp>
#include <ancillary/recvmsg/interface.hpp>
#include <ancillary/recvmsg/lanes.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/multicast.hpp>
#include <ancillary/recvmsg/option_support.hpp>
#include <ancillary/recvmsg/outgoing.hpp>
#include <ancillary/recvmsg/packet.hpp>
#include <ancillary/recvmsg/packet_batch.hpp>
#include <ancillary/recvmsg/receive_error.hpp>
#include <ancillary/recvmsg/receive_options.hpp>
#include <ancillary/recvmsg/receiver.hpp>
#include <ancillary/recvmsg/send_counters.hpp>
#include <ancillary/recvmsg/sender.hpp>
#include <ancillary/recvmsg/slot_pool.hpp>
#include <ancillary/recvmsg/socket_options.hpp>
#include <ancillary/recvmsg/timestamp.hpp>
