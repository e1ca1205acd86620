# Installs the build tree, builds the consumer with only the installed package, and runs it: with the
# CMake package, then with pkg-config after the installed tree was moved. Given: BUILD_DIR, SOURCE_DIR,
# WORK_DIR, CONFIG, GENERATOR and PLATFORM; CACHE, a file of cache settings that the consumer must
# share with the build (compiler, flags, toolchain); EMULATOR and PKG_CONFIG, which may be empty;
# COMPILER, FLAGS and INCLUDES for the compiler calls without CMake; SHARED; DLL_DIRECTORIES.

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "failed (${result}): ${ARGN}")
  endif()
endfunction()

set(prefix "${WORK_DIR}/prefix")
set(consumer "${WORK_DIR}/build")
set(moved "${WORK_DIR}/moved")
file(REMOVE_RECURSE "${prefix}" "${consumer}" "${moved}")
if(PLATFORM)
  set(platform -A "${PLATFORM}")
endif()

# Where Wine and Windows look for DLLs.
function(find_libraries_in tree)
  set(path "${tree}/bin" ${DLL_DIRECTORIES})
  if(SHARED)
    set(ENV{WINEPATH} "${path}")
    if(CMAKE_HOST_WIN32)
      set(ENV{PATH} "${tree}/bin;$ENV{PATH}")
    endif()
  endif()
endfunction()

run("${CMAKE_COMMAND}" --install "${BUILD_DIR}" --config "${CONFIG}" --prefix "${prefix}")
run("${CMAKE_COMMAND}" -S "${SOURCE_DIR}" -B "${consumer}" -G "${GENERATOR}" ${platform}
  -C "${CACHE}" "-DCMAKE_PREFIX_PATH=${prefix}" "-DCMAKE_BUILD_TYPE=${CONFIG}")
run("${CMAKE_COMMAND}" --build "${consumer}" --config "${CONFIG}")
find_libraries_in("${prefix}")
foreach(program IN ITEMS consumer decoders_consumer)
  # The location depends on the generator, the suffix on the system.
  file(GLOB_RECURSE path "${consumer}/${program}" "${consumer}/${program}.exe")
  run(${EMULATOR} "${path}")
endforeach()

# A source with another Asio configuration than the library must fail to link, with a clear message.
if(NOT EMULATOR AND NOT CMAKE_HOST_WIN32)
  execute_process(COMMAND "${CMAKE_COMMAND}" --build "${consumer}" --target other_asio
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(result EQUAL 0 OR NOT output MATCHES "asio_classes<")
    message(FATAL_ERROR "other_asio should fail to link (${result}): ${output}")
  endif()
endif()

if(NOT PKG_CONFIG OR NOT COMPILER)
  return()
endif()

# Runs pkg-config on the moved tree alone and returns its words.
function(pkg_config variable)
  execute_process(COMMAND "${PKG_CONFIG}" ${ARGN}
    OUTPUT_VARIABLE output RESULT_VARIABLE result OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "pkg-config ${ARGN} failed (${result})")
  endif()
  separate_arguments(output UNIX_COMMAND "${output}")
  set(${variable} "${output}" PARENT_SCOPE)
endfunction()

file(RENAME "${prefix}" "${moved}")
find_libraries_in("${moved}")
file(GLOB_RECURSE file "${moved}/*/ancillary.pc")
cmake_path(GET file PARENT_PATH directory)
cmake_path(GET directory PARENT_PATH libraries)
set(ENV{PKG_CONFIG_LIBDIR} "${directory}")
set(ENV{LD_LIBRARY_PATH} "${libraries}")
separate_arguments(flags UNIX_COMMAND "${FLAGS}")
set(modules_main ancillary)
set(modules_decoders ancillary-decoders)
foreach(source IN ITEMS main decoders)
  pkg_config(compile_flags --cflags ${modules_${source}})
  pkg_config(link_flags --libs ${modules_${source}})
  if(source STREQUAL "decoders" AND "${compile_flags};${link_flags}" MATCHES "ASIO|pthread|ws2_32")
    message(FATAL_ERROR "ancillary-decoders needs neither Asio nor threads: ${compile_flags} ${link_flags}")
  endif()
  set(program "${moved}/pkg_config_${source}.exe")
  run("${COMPILER}" -std=c++20 ${flags} ${INCLUDES} ${compile_flags} "${SOURCE_DIR}/${source}.cpp"
    -o "${program}" ${link_flags})
  run(${EMULATOR} "${program}")
endforeach()
