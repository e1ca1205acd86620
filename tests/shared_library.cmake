# Tests of a shared library (BUILD_SHARED_LIBS). It exports what the public headers declare, so tests
# that include the library's private headers link a static archive of the same objects,
# ANCILLARY_PRIVATE_RECVMSG. All other tests are built a second time as recvmsg_shared_tests, which
# links the shared library.

set(ANCILLARY_PRIVATE_RECVMSG ancillary::recvmsg)
if(BUILD_SHARED_LIBS)
  add_library(ancillary_recvmsg_private STATIC $<TARGET_OBJECTS:ancillary_recvmsg>)
  target_include_directories(ancillary_recvmsg_private PUBLIC ${PROJECT_SOURCE_DIR}/recvmsg/include)
  target_link_libraries(ancillary_recvmsg_private PUBLIC ancillary::decoders ancillary::asio)
  set(ANCILLARY_PRIVATE_RECVMSG ancillary_recvmsg_private)
endif()

# Sets `variable` if a source or one of its headers includes a private header of the library.
function(ancillary_includes_private variable source)
  cmake_path(GET source PARENT_PATH folder)
  file(STRINGS ${source} lines REGEX "^#include \"")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" header "${line}")
    if(EXISTS ${PROJECT_SOURCE_DIR}/recvmsg/src/${header})
      set(${variable} ON PARENT_SCOPE)
      return()
    endif()
    foreach(place IN ITEMS ${folder} ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_SOURCE_DIR})
      if(EXISTS ${place}/${header})
        ancillary_includes_private(private ${place}/${header})
        if(private)
          set(${variable} ON PARENT_SCOPE)
          return()
        endif()
        break()
      endif()
    endforeach()
  endforeach()
  set(${variable} OFF PARENT_SCOPE)
endfunction()

function(ancillary_add_shared_tests)
  if(NOT BUILD_SHARED_LIBS)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${ARGN})
  list(FILTER sources EXCLUDE REGEX "/fuzz/") # replays targets that have private headers
  set(public "")
  foreach(source IN LISTS sources)
    ancillary_includes_private(private ${source})
    if(NOT private)
      list(APPEND public ${source})
    endif()
  endforeach()
  ancillary_add_tests(recvmsg_shared_tests PREFIX shared
    LIBRARIES ancillary::recvmsg
    PRECOMPILED <ancillary/recvmsg.hpp>
    SOURCES ${public})
  target_include_directories(recvmsg_shared_tests PRIVATE ${PROJECT_SOURCE_DIR})
endfunction()
