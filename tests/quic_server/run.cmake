# Installs the build tree, builds the QUIC server with only the installed package, and tests it with
# ngtcp2's client. Given: BUILD_DIR, SOURCE_DIR (of this file), SERVER_DIR, WORK_DIR, CONFIG,
# GENERATOR; CACHE, a file of cache settings that the consumer must share with the build; PYTHON.

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "failed (${result}): ${ARGN}")
  endif()
endfunction()

# SKIP_REGULAR_EXPRESSION of the test.
function(skip reason)
  message("SKIPPED: ${reason} (scripts/install-packages.sh quic)")
endfunction()

find_program(CLIENT gtlsclient)
find_program(PKG_CONFIG pkg-config)
if(NOT PKG_CONFIG)
  skip("pkg-config is not installed")
  return()
endif()
execute_process(COMMAND ${PKG_CONFIG} --exists libngtcp2 "libngtcp2 >= 0.12.1" "libngtcp2 < 0.13"
  libngtcp2_crypto_gnutls libnghttp3 gnutls RESULT_VARIABLE absent)
if(absent)
  skip("ngtcp2 0.12, nghttp3 and GnuTLS are not installed")
  return()
endif()
if(NOT CLIENT)
  skip("gtlsclient, the client of ngtcp2, is not installed")
  return()
endif()

set(prefix "${WORK_DIR}/prefix")
set(build "${WORK_DIR}/build")
file(REMOVE_RECURSE "${prefix}" "${build}")
run("${CMAKE_COMMAND}" --install "${BUILD_DIR}" --config "${CONFIG}" --prefix "${prefix}")
run("${CMAKE_COMMAND}" -S "${SOURCE_DIR}" -B "${build}" -G "${GENERATOR}" -C "${CACHE}"
  "-DCMAKE_PREFIX_PATH=${prefix}" "-DCMAKE_BUILD_TYPE=${CONFIG}" "-DSERVER_DIR=${SERVER_DIR}")
run("${CMAKE_COMMAND}" --build "${build}" --config "${CONFIG}" --target quic_server link)
run("${PYTHON}" "${SOURCE_DIR}/_scenarios.py" "${build}/quic_server" "${build}/link" "${CLIENT}")
