#pragma once

// For accessors of a few instructions. GCC does not inline all of them into a large function. An
// optional of a small type that a call returns is then written to memory in two pieces and read
// back as one: the failed store forwarding costs more than the rest of the accessor.
#if __has_cpp_attribute(gnu::always_inline)
#define ANCILLARY_ALWAYS_INLINE [[gnu::always_inline]]
#elif __has_cpp_attribute(msvc::forceinline)
#define ANCILLARY_ALWAYS_INLINE [[msvc::forceinline]]
#else
#define ANCILLARY_ALWAYS_INLINE
#endif
