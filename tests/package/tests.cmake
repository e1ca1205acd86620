# Tests of the installed tree.

# The settings that the consumer shares with this build; in a file, because flags contain spaces.
set(cache "")
foreach(variable IN ITEMS CMAKE_TOOLCHAIN_FILE CMAKE_CXX_COMPILER CMAKE_CXX_FLAGS
    CMAKE_CXX_FLAGS_RELWITHDEBINFO VCPKG_INSTALLED_DIR VCPKG_TARGET_TRIPLET BUILD_SHARED_LIBS)
  if(DEFINED ${variable} AND NOT (variable STREQUAL "CMAKE_CXX_COMPILER" AND CMAKE_TOOLCHAIN_FILE))
    string(APPEND cache "set(${variable} [==[${${variable}}]==] CACHE STRING \"\")\n")
  endif()
endforeach()
string(APPEND cache "set(VCPKG_MANIFEST_MODE OFF CACHE BOOL \"\")\n")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/package/cache.cmake "${cache}")

# For the consumer that pkg-config serves. A static program needs no DLL of the compiler.
find_program(ANCILLARY_PKG_CONFIG pkg-config)
mark_as_advanced(ANCILLARY_PKG_CONFIG)
set(compiler "")
set(includes "")
set(dll_directories "")
set(flags "${CMAKE_CXX_FLAGS}")
if(NOT MSVC)
  set(compiler ${CMAKE_CXX_COMPILER})
  if(CMAKE_CROSSCOMPILING)
    get_target_property(includes asio::asio INTERFACE_INCLUDE_DIRECTORIES)
    list(TRANSFORM includes PREPEND "-isystem")
    string(APPEND flags " ${CMAKE_EXE_LINKER_FLAGS}")
  endif()
  if(MINGW AND BUILD_SHARED_LIBS)
    foreach(library IN ITEMS libstdc++-6.dll libwinpthread-1.dll)
      execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=${library}
        OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE)
      cmake_path(GET path PARENT_PATH directory)
      list(APPEND dll_directories ${directory})
    endforeach()
  endif()
endif()

add_test(NAME "package: a project that uses the installed libraries"
  COMMAND ${CMAKE_COMMAND}
    -D BUILD_DIR=${PROJECT_BINARY_DIR}
    -D SOURCE_DIR=${CMAKE_CURRENT_SOURCE_DIR}/package
    -D WORK_DIR=${CMAKE_CURRENT_BINARY_DIR}/package
    -D CONFIG=$<CONFIG>
    -D GENERATOR=${CMAKE_GENERATOR}
    -D PLATFORM=${CMAKE_GENERATOR_PLATFORM}
    -D CACHE=${CMAKE_CURRENT_BINARY_DIR}/package/cache.cmake
    -D EMULATOR=${CMAKE_CROSSCOMPILING_EMULATOR}
    -D PKG_CONFIG=$<$<BOOL:${ANCILLARY_PKG_CONFIG}>:${ANCILLARY_PKG_CONFIG}>
    -D COMPILER=${compiler}
    -D "FLAGS=${flags}"
    -D "INCLUDES=${includes}"
    -D "DLL_DIRECTORIES=${dll_directories}"
    -D SHARED=$<BOOL:${BUILD_SHARED_LIBS}>
    -P ${CMAKE_CURRENT_SOURCE_DIR}/package/run.cmake)
set_tests_properties("package: a project that uses the installed libraries" PROPERTIES
  TIMEOUT 300 LABELS package)

if(TARGET ancillary_tool_documents)
  add_test(NAME "package: man pages and completions of the tools"
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/package/_documents.py
      ${PROJECT_BINARY_DIR}/documents)
  set_tests_properties("package: man pages and completions of the tools" PROPERTIES
    SKIP_RETURN_CODE 77 LABELS package)
endif()
