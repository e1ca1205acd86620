#pragma once

// For accessors that are a few instructions. GCC does not inline all of them into a large function,
// and an optional of a small type that a call returns then goes through memory, in two pieces that
// are read back as one: a stall that takes longer than everything else that the accessor does.
#if __has_cpp_attribute(gnu::always_inline)
#define ANCILLARY_ALWAYS_INLINE [[gnu::always_inline]]
#elif __has_cpp_attribute(msvc::forceinline)
#define ANCILLARY_ALWAYS_INLINE [[msvc::forceinline]]
#else
#define ANCILLARY_ALWAYS_INLINE
#endif
