#pragma once

// The declarations that a shared library exports; everything else in it is hidden. The build
// defines ANCILLARY_SHARED for a shared library and for its users.
#if defined(ANCILLARY_SHARED)
#define ANCILLARY_DECODERS_API __attribute__((visibility("default")))
#define ANCILLARY_API __attribute__((visibility("default")))
#else
#define ANCILLARY_DECODERS_API
#define ANCILLARY_API
#endif
