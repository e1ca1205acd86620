# Cross build for 64-bit Windows on Debian; its tests run under Wine.

set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix) # posix: the variant that has std::thread
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)

# Static, so that programs run without the compiler's DLLs. A program and a DLL that pass exceptions
# and allocated objects to each other share one C++ runtime instead.
if(NOT BUILD_SHARED_LIBS)
  set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")
endif()

# The host's header-only libraries work on Windows too, but /usr/include also has glibc's headers
# and must never be on the search path: a folder in the build tree links to those libraries only.
set(ancillary_host_headers "${CMAKE_BINARY_DIR}/host-headers")
get_property(in_try_compile GLOBAL PROPERTY IN_TRY_COMPILE)
if(NOT in_try_compile)
  file(MAKE_DIRECTORY "${ancillary_host_headers}/include")
  # Catch2 version 2 is one header; version 3 is a library, compiled for the host.
  foreach(entry IN ITEMS asio asio.hpp gsl catch2/catch.hpp CLI nlohmann)
    if(EXISTS "/usr/include/${entry}" AND NOT EXISTS "${ancillary_host_headers}/include/${entry}")
      cmake_path(GET entry PARENT_PATH folder)
      file(MAKE_DIRECTORY "${ancillary_host_headers}/include/${folder}")
      file(CREATE_LINK "/usr/include/${entry}" "${ancillary_host_headers}/include/${entry}" SYMBOLIC)
    endif()
  endforeach()
endif()

# The user's CMAKE_PREFIX_PATH applies to Windows too.
list(APPEND CMAKE_FIND_ROOT_PATH
  /usr/x86_64-w64-mingw32 "${ancillary_host_headers}" ${CMAKE_PREFIX_PATH})
list(REMOVE_DUPLICATES CMAKE_FIND_ROOT_PATH)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

set(CMAKE_CROSSCOMPILING_EMULATOR "${CMAKE_CURRENT_LIST_DIR}/../scripts/wine-run")
cmake_path(NORMAL_PATH CMAKE_CROSSCOMPILING_EMULATOR)
