# The dependencies of the tests, the examples and the benchmarks. Each of them includes this file
# and requests its own; nothing else is searched for.

include_guard(GLOBAL)
include(FetchContent)

macro(ancillary_need_cli11)
  ancillary_header_library(TARGET CLI11::CLI11 PACKAGE CLI11 HEADER CLI/CLI.hpp
    REPOSITORY https://github.com/CLIUtils/CLI11.git TAG v2.4.2 INCLUDE_DIRECTORY include)
endmacro()

macro(ancillary_need_json)
  ancillary_header_library(TARGET nlohmann_json::nlohmann_json PACKAGE nlohmann_json
    HEADER nlohmann/json.hpp
    REPOSITORY https://github.com/nlohmann/json.git TAG v3.11.3 INCLUDE_DIRECTORY include)
endmacro()

# Provides the target ancillary_catch and the variable ANCILLARY_CATCH_MAJOR. Version 3 is a
# library; version 2, the one in Debian 12, is one header. For cross builds, scripts/test.sh passes
# Debian's source package of version 3 as FETCHCONTENT_SOURCE_DIR_CATCH2; then nothing is
# downloaded.
macro(ancillary_need_catch)
  find_package(Catch2 CONFIG QUIET GLOBAL)
  if(TARGET Catch2::Catch2)
    string(REGEX MATCH "^[0-9]+" ANCILLARY_CATCH_MAJOR "${Catch2_VERSION}")
  else()
    find_path(ANCILLARY_CATCH2_INCLUDE_DIR catch2/catch.hpp)
    mark_as_advanced(ANCILLARY_CATCH2_INCLUDE_DIR)
    if(ANCILLARY_CATCH2_INCLUDE_DIR)
      set(ANCILLARY_CATCH_MAJOR 2)
      add_library(Catch2::Catch2 INTERFACE IMPORTED GLOBAL)
      target_include_directories(Catch2::Catch2 INTERFACE "${ANCILLARY_CATCH2_INCLUDE_DIR}")
    else()
      set(ANCILLARY_CATCH_MAJOR 3)
      FetchContent_Declare(Catch2 GIT_REPOSITORY https://github.com/catchorg/Catch2.git
        GIT_TAG v3.7.1 GIT_SHALLOW ON)
      FetchContent_MakeAvailable(Catch2)
      if(NOT MSVC)
        # No test depends on the framework's speed, and this halves its compile time.
        target_compile_options(Catch2 PRIVATE -O0)
      endif()
    endif()
  endif()
  add_library(ancillary_catch INTERFACE)
  target_link_libraries(ancillary_catch INTERFACE Catch2::Catch2)
endmacro()

# For cross builds, scripts/bench.sh passes Debian's source package as
# FETCHCONTENT_SOURCE_DIR_BENCHMARK; then nothing is downloaded.
macro(ancillary_need_benchmark)
  find_package(benchmark CONFIG QUIET GLOBAL)
  if(NOT TARGET benchmark::benchmark)
    set(BENCHMARK_ENABLE_TESTING OFF CACHE BOOL "" FORCE)
    set(BENCHMARK_ENABLE_GTEST_TESTS OFF CACHE BOOL "" FORCE)
    set(BENCHMARK_ENABLE_INSTALL OFF CACHE BOOL "" FORCE)
    set(BENCHMARK_ENABLE_WERROR OFF CACHE BOOL "" FORCE)
    set(GIT_VERSION "0.0.0") # Debian's source does not set it; this selects its own version
    FetchContent_Declare(benchmark GIT_REPOSITORY https://github.com/google/benchmark.git
      GIT_TAG v1.8.5 GIT_SHALLOW ON)
    FetchContent_MakeAvailable(benchmark)
  endif()
endmacro()
