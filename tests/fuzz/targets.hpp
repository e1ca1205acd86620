// What the fuzzers call with bytes of theirs, and the tests with those of the corpora. Whatever the
// bytes, a target returns, or throws a `finding`.
#pragma once

#include <cstddef>
#include <span>

namespace ancillary_test::fuzz {

// Cursor and view of every layout against a plain walk and the system's macros.
void decode(std::span<const std::byte> input);

// What was built decodes to what went in, and what does not fit changes nothing.
void builder(std::span<const std::byte> input);

// The pieces of a payload are the payload.
void segments(std::span<const std::byte> input);

// A whole loop over a scripted driver; its account balances.
void loop(std::span<const std::byte> input);

} // namespace ancillary_test::fuzz
