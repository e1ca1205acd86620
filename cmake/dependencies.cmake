# The libraries that Ancillary's public headers include. Installed with the package, whose
# configuration file includes this file: the build and its users search in the same way.

# ancillary_header_library(TARGET t PACKAGE p HEADER h [REPOSITORY r TAG t INCLUDE_DIRECTORY d])
#
# Provides the imported target of a header-only library, from the first of these that exists: a
# target of the embedding project; the library's CMake package; the bare header, because Debian's
# Asio has no package and a cross build must not use the host's; the pinned source, unless
# ANCILLARY_FETCH_DEPENDENCIES is off. Only its headers are used then and its build files do not
# run, so the target is always an imported one and can be part of an installed interface.
function(ancillary_header_library)
  cmake_parse_arguments(PARSE_ARGV 0 arg ""
    "TARGET;PACKAGE;HEADER;REPOSITORY;TAG;INCLUDE_DIRECTORY" "")
  if(NOT TARGET ${arg_TARGET})
    find_package(${arg_PACKAGE} CONFIG QUIET GLOBAL)
  endif()
  if(TARGET ${arg_TARGET})
    return()
  endif()

  string(MAKE_C_IDENTIFIER "ANCILLARY_${arg_PACKAGE}_INCLUDE_DIR" variable)
  string(TOUPPER "${variable}" variable)
  find_path(${variable} ${arg_HEADER})
  mark_as_advanced(${variable})
  set(include_directory "${${variable}}")
  if(NOT include_directory AND ANCILLARY_FETCH_DEPENDENCIES AND arg_REPOSITORY)
    include(FetchContent)
    string(MAKE_C_IDENTIFIER "ancillary_${arg_PACKAGE}" content)
    string(TOLOWER "${content}" content)
    FetchContent_Declare(${content} GIT_REPOSITORY ${arg_REPOSITORY} GIT_TAG ${arg_TAG}
      GIT_SHALLOW ON SOURCE_SUBDIR no-build-files)
    FetchContent_MakeAvailable(${content})
    set(include_directory "${${content}_SOURCE_DIR}/${arg_INCLUDE_DIRECTORY}")
  endif()
  if(NOT include_directory)
    set(message "Ancillary requires ${arg_PACKAGE} (<${arg_HEADER}>), which was not found.")
    string(APPEND message " Install it or add its prefix to CMAKE_PREFIX_PATH.")
    if(CMAKE_FIND_PACKAGE_NAME) # the installed package: its user handles a missing dependency
      set(${CMAKE_FIND_PACKAGE_NAME}_FOUND FALSE PARENT_SCOPE)
      set(${CMAKE_FIND_PACKAGE_NAME}_NOT_FOUND_MESSAGE "${message}" PARENT_SCOPE)
      return()
    endif()
    message(FATAL_ERROR "${message}")
  endif()

  add_library(${arg_TARGET} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${arg_TARGET} INTERFACE "${include_directory}")
endfunction()

ancillary_header_library(TARGET Microsoft.GSL::GSL PACKAGE Microsoft.GSL HEADER gsl/gsl
  REPOSITORY https://github.com/microsoft/GSL.git TAG v4.0.0 INCLUDE_DIRECTORY include)
ancillary_header_library(TARGET asio::asio PACKAGE asio HEADER asio.hpp
  REPOSITORY https://github.com/chriskohlhoff/asio.git TAG asio-1-30-2
  INCLUDE_DIRECTORY asio/include)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED GLOBAL)
