// Makes the reply to a request.
#pragma once

#include <ancillary/recvmsg/outgoing.hpp>

#include <cstddef>
#include <span>

namespace ancillary::detail {

// reply_to() in place: sets every member for a reply to `request`.
void make_reply(outgoing& reply, const packet& request, std::span<const std::byte> payload,
                const reply_options& options) noexcept;

} // namespace ancillary::detail
