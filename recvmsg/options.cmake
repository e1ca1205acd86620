# The socket options: what recvmsg/CMakeLists.txt adds to its target.

set(ancillary_options_headers
    include/ancillary/recvmsg/interface.hpp
    include/ancillary/recvmsg/option_support.hpp)

if(WIN32)
  set(_ancillary_options_platform src/platform/windows)
  # Interface names and indices.
  set(ancillary_options_libraries iphlpapi)
else()
  set(_ancillary_options_platform src/platform/linux)
  set(ancillary_options_libraries "")
endif()

set(ancillary_options_sources
    src/options/option_support.cpp
    ${_ancillary_options_platform}/interface.cpp)
