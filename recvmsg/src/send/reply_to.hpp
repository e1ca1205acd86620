// From a request to its reply.
#pragma once

#include <ancillary/recvmsg/outgoing.hpp>

#include <cstddef>
#include <span>

namespace ancillary::detail {

// reply_to() in place: sets every member to what a reply to `request` is to be.
void make_reply(outgoing& reply, const packet& request, std::span<const std::byte> payload,
                const reply_options& options) noexcept;

} // namespace ancillary::detail
