#pragma once

// The decoders assume a little-endian host and the numbers that Linux uses on most architectures.
// Refuses to compile elsewhere rather than decode wrongly.
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Ancillary supports little-endian hosts only"
#endif
#if defined(__mips__) || defined(__sparc__) || defined(__alpha__) || defined(__hppa__)
#error "Ancillary supports no Linux where SOL_SOCKET is not 1 (mips, sparc, alpha, parisc)"
#endif

// The system whose control messages this build receives. The build selects one of the two files of
// this name for the target system, so that no header tests a platform macro.
namespace ancillary::detail {
inline constexpr bool native_is_windows = false;
}
