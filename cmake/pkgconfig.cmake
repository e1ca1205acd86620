# ancillary.pc and ancillary-decoders.pc, from the same targets as the CMake package. C++20 itself
# is up to the user: a flag for it here would override a later standard.

# The prefix relative to the file, so that the installed tree can be moved.
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}" OR IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  set(ancillary_pc_prefix "${CMAKE_INSTALL_PREFIX}")
  set(ancillary_pc_includedir "${CMAKE_INSTALL_FULL_INCLUDEDIR}")
  set(ancillary_pc_libdir "${CMAKE_INSTALL_FULL_LIBDIR}")
else()
  file(RELATIVE_PATH up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  string(REGEX REPLACE "/$" "" up "${up}")
  set(ancillary_pc_prefix "\${pcfiledir}/${up}")
  set(ancillary_pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
  set(ancillary_pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()

# Appends -I for the directories of a header-only library that the compiler does not search anyway.
# Leaves out directories in the build tree (a fetched dependency, the links of a cross build), which
# need not exist later.
function(ancillary_pc_include variable target)
  get_target_property(directories ${target} INTERFACE_INCLUDE_DIRECTORIES)
  foreach(directory IN LISTS directories)
    cmake_path(IS_PREFIX PROJECT_BINARY_DIR "${directory}" NORMALIZE in_build_tree)
    if(in_build_tree)
      message(STATUS "pkg-config files leave out ${directory}; their users add ${target}")
    elseif(IS_DIRECTORY "${directory}" AND NOT directory IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
      string(APPEND ${variable} " -I${directory}")
    endif()
  endforeach()
  set(${variable} "${${variable}}" PARENT_SCOPE)
endfunction()

set(ancillary_pc_decoders_cflags "")
get_target_property(type ancillary_decoders TYPE)
if(type STREQUAL "SHARED_LIBRARY")
  set(ancillary_pc_decoders_cflags " -DANCILLARY_SHARED")
endif()
ancillary_pc_include(ancillary_pc_decoders_cflags Microsoft.GSL::GSL)

get_target_property(definitions ancillary_asio INTERFACE_COMPILE_DEFINITIONS)
list(TRANSFORM definitions PREPEND " -D" OUTPUT_VARIABLE ancillary_pc_cflags)
string(JOIN "" ancillary_pc_cflags ${ancillary_pc_cflags})
ancillary_pc_include(ancillary_pc_cflags asio::asio)

# Asio's headers are compiled into the user's program, which therefore needs their libraries itself.
# What only the library calls is private, except in a static library that is the only one.
set(ancillary_pc_libs "")
set(ancillary_pc_private_libs "")
if(WIN32)
  get_target_property(libraries ancillary_asio INTERFACE_LINK_LIBRARIES)
  list(FILTER libraries EXCLUDE REGEX "::")
  list(TRANSFORM libraries PREPEND " -l")
  string(JOIN "" ancillary_pc_libs ${libraries})
  if(type STREQUAL "SHARED_LIBRARY")
    set(ancillary_pc_private_libs " -liphlpapi")
  else()
    string(APPEND ancillary_pc_libs " -liphlpapi")
  endif()
else()
  string(APPEND ancillary_pc_cflags " -pthread")
  string(APPEND ancillary_pc_libs " -pthread")
  get_target_property(libraries ancillary_asio INTERFACE_LINK_LIBRARIES)
  if("atomic" IN_LIST libraries)
    string(APPEND ancillary_pc_libs " -latomic")
  endif()
endif()

foreach(name IN ITEMS ancillary ancillary-decoders)
  configure_file(packaging/pkgconfig/${name}.pc.in ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
