# Two targets for all parts of this project.

# Warnings for this project's own sources only. Link it as $<BUILD_INTERFACE:ancillary_warnings>, so
# that the installed libraries do not refer to it.
add_library(ancillary_warnings INTERFACE)
if(MSVC)
  # 4702, unreachable code, comes from the optimizer, which also reports it for inlined third-party
  # headers; /external does not suppress it.
  target_compile_options(ancillary_warnings INTERFACE
    /W4 /wd4702 /permissive- /Zc:__cplusplus /utf-8
    $<$<BOOL:${ANCILLARY_WARNINGS_AS_ERRORS}>:/WX>)
  # std::fopen is standard C++.
  target_compile_definitions(ancillary_warnings INTERFACE _CRT_SECURE_NO_WARNINGS)
else()
  target_compile_options(ancillary_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
    # GCC 12 reports overlapping copies in string concatenations at -O3 (GCC bug 105651); 13 does
    # not.
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
    # GCC reports Asio's inet_pton for Windows here, inlined into a call with a literal address.
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<PLATFORM_ID:Windows>>:-Wno-string-compare>
    $<$<BOOL:${ANCILLARY_WARNINGS_AS_ERRORS}>:-Werror>)
endif()

# Asio without Boost, with the libraries that it needs on each system. Users of the installed
# package get the same definitions, because both sides of an Asio call must agree on them.
add_library(ancillary_asio INTERFACE)
add_library(ancillary::asio ALIAS ancillary_asio)
set_target_properties(ancillary_asio PROPERTIES EXPORT_NAME asio)
target_link_libraries(ancillary_asio INTERFACE asio::asio)
target_compile_definitions(ancillary_asio INTERFACE ASIO_STANDALONE)
# Asio 1.22 detects features by macros of the standard headers included before it, so that a source
# that includes it first has other classes than the library. Defined here, they are the same
# everywhere.
if(NOT MSVC)
  target_compile_definitions(ancillary_asio INTERFACE ASIO_DISABLE_STD_ALIGNED_ALLOC)
endif()
if(MINGW)
  target_compile_definitions(ancillary_asio INTERFACE ASIO_HAS_THREADS=1 ASIO_HAS_PTHREADS=1)
endif()
if(WIN32)
  # 0x0A00 is Windows 10. NOMINMAX: <windows.h>, which Asio includes, would turn std::min into a macro.
  target_compile_definitions(ancillary_asio INTERFACE _WIN32_WINNT=0x0A00 NOMINMAX WIN32_LEAN_AND_MEAN)
  target_link_libraries(ancillary_asio INTERFACE ws2_32 mswsock)
else()
  target_link_libraries(ancillary_asio INTERFACE Threads::Threads)
  # GCC before 14 calls a library for atomic operations on one byte, on RISC-V for example.
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "riscv|mips|sparc")
    include(CheckCXXSourceCompiles)
    check_cxx_source_compiles("#include <atomic>
      std::atomic<bool> value{}; int main() { return value.exchange(true); }"
      ANCILLARY_ATOMICS_WITHOUT_LIBRARY)
    if(NOT ANCILLARY_ATOMICS_WITHOUT_LIBRARY)
      target_link_libraries(ancillary_asio INTERFACE atomic)
    endif()
  endif()
endif()

# Exports what the headers declare with ANCILLARY_API or ANCILLARY_DECODERS_API from a shared library
# (BUILD_SHARED_LIBS) and hides the rest. There is no stable ABI before 1.0, so each minor version is
# another library to the loader.
function(ancillary_share target)
  set_target_properties(${target} PROPERTIES
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "SHARED_LIBRARY")
    target_compile_definitions(${target} PUBLIC ANCILLARY_SHARED)
    # C4251 and C4275 are about members and bases from another DLL, here the C++ runtime's.
    if(MSVC)
      target_compile_options(${target} PUBLIC /wd4251 /wd4275)
    endif()
  endif()
endfunction()
