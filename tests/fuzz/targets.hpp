// The functions that the fuzzers call with their bytes, and the tests with those of the corpora.
// For any bytes, a target returns or throws a `finding`.
#pragma once

#include <cstddef>
#include <span>

namespace ancillary_test::fuzz {

// Cursor and view of every layout, compared with a plain walk and the system's macros.
void decode(std::span<const std::byte> input);

// Built messages decode to the same values, and a message that does not fit changes nothing.
void builder(std::span<const std::byte> input);

// The segments together are the payload.
void segments(std::span<const std::byte> input);

// The error queue's control data, compared with a plain reading.
void transport_error(std::span<const std::byte> input);

// Blocks of capture files, compared with a plain reading.
void pcapng(std::span<const std::byte> input);

// A whole loop with a scripted driver; its counters balance.
void loop(std::span<const std::byte> input);

} // namespace ancillary_test::fuzz
