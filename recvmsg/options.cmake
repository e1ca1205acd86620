# The socket options: what recvmsg/CMakeLists.txt adds to its target.

set(ancillary_options_headers
    include/ancillary/recvmsg/interface.hpp
    include/ancillary/recvmsg/multicast.hpp
    include/ancillary/recvmsg/option_support.hpp
    include/ancillary/recvmsg/options/byte_options.hpp
    include/ancillary/recvmsg/options/encoding.hpp
    include/ancillary/recvmsg/options/flag_option.hpp
    include/ancillary/recvmsg/options/interface_list.hpp
    include/ancillary/recvmsg/options/interface_selector.hpp
    include/ancillary/recvmsg/options/interfaces.hpp
    include/ancillary/recvmsg/options/membership.hpp
    include/ancillary/recvmsg/options/number_option.hpp
    include/ancillary/recvmsg/options/option_base.hpp
    include/ancillary/recvmsg/options/path_mtu.hpp
    include/ancillary/recvmsg/options/receive_flags.hpp
    include/ancillary/recvmsg/options/sending.hpp
    include/ancillary/recvmsg/socket_options.hpp)

if(WIN32)
  set(_ancillary_options_platform src/platform/windows)
  # Interface names and indices.
  set(ancillary_options_libraries iphlpapi)
else()
  set(_ancillary_options_platform src/platform/linux)
  set(ancillary_options_libraries "")
endif()

set(ancillary_options_sources
    src/options/multicast_filter.cpp
    src/options/interface_encoding.cpp
    src/options/membership.cpp
    src/options/membership_encoding.cpp
    src/options/option_base.cpp
    src/options/option_numbers.cpp
    src/options/option_support.cpp
    src/options/redirect_encoding.cpp
    src/options/refusal.cpp
    src/options/scalar_encoding.cpp
    ${_ancillary_options_platform}/interface.cpp
    ${_ancillary_options_platform}/option_numbers.cpp)
