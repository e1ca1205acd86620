#pragma once

// Control messages are decoded as little-endian hosts lay them out, and with the numbers that Linux
// has on most architectures. On others nothing must be decoded wrongly, so nothing compiles.
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Ancillary decodes control messages of little-endian hosts only"
#endif
#if defined(__mips__) || defined(__sparc__) || defined(__alpha__) || defined(__hppa__)
#error "Ancillary knows no Linux whose SOL_SOCKET is not 1 (mips, sparc, alpha, parisc)"
#endif

// Which system's control messages this build receives. The build picks one of the two files of this
// name by the target system, so that no header has to ask the preprocessor.
namespace ancillary::detail {
inline constexpr bool native_is_windows = false;
}
