#pragma once

// The declarations that a DLL exports. The build defines ANCILLARY_SHARED for a shared library and
// for its users, and CMake defines the two other macros while it compiles the library of that name.
#if !defined(ANCILLARY_SHARED)
#define ANCILLARY_DECODERS_API
#elif defined(ancillary_decoders_EXPORTS)
#define ANCILLARY_DECODERS_API __declspec(dllexport)
#else
#define ANCILLARY_DECODERS_API __declspec(dllimport)
#endif

#if !defined(ANCILLARY_SHARED)
#define ANCILLARY_API
#elif defined(ancillary_recvmsg_EXPORTS)
#define ANCILLARY_API __declspec(dllexport)
#else
#define ANCILLARY_API __declspec(dllimport)
#endif
