# Installs the build tree, builds the consumer with only the installed package, and runs it. Given:
# BUILD_DIR, SOURCE_DIR, WORK_DIR, CONFIG, GENERATOR and PLATFORM; CACHE, a file of cache settings
# that the consumer must share with the build (compiler, flags, toolchain); EMULATOR, which may be
# empty.

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "failed (${result}): ${ARGN}")
  endif()
endfunction()

set(prefix "${WORK_DIR}/prefix")
set(consumer "${WORK_DIR}/build")
file(REMOVE_RECURSE "${prefix}" "${consumer}")
if(PLATFORM)
  set(platform -A "${PLATFORM}")
endif()

run("${CMAKE_COMMAND}" --install "${BUILD_DIR}" --config "${CONFIG}" --prefix "${prefix}")
run("${CMAKE_COMMAND}" -S "${SOURCE_DIR}" -B "${consumer}" -G "${GENERATOR}" ${platform}
  -C "${CACHE}" "-DCMAKE_PREFIX_PATH=${prefix}" "-DCMAKE_BUILD_TYPE=${CONFIG}")
run("${CMAKE_COMMAND}" --build "${consumer}" --config "${CONFIG}")
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
