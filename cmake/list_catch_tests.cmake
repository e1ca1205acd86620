# Runs inside CTest: lists the test cases of one test program and adds each as a test.

cmake_policy(VERSION 3.25) # CTest sets no policies for files that it includes

# In a CMake list, a semicolon separates two names; within a name, this character replaces it.
string(ASCII 31 semicolon)

set(test_runner ${test_emulator})
if(test_emulator MATCHES "/wine-run$")
  list(APPEND test_runner --again-if-silent)
endif()

# Version 3 fails if no test matches the given name, version 2 only if requested.
set(test_arguments "")
if(test_catch_major LESS 3)
  set(test_arguments --warn NoTests)
endif()

function(ancillary_list_names variable)
  if(test_catch_major LESS 3)
    set(arguments --list-test-names-only)
  else()
    set(arguments --list-tests --verbosity quiet)
  endif()
  execute_process(COMMAND ${test_emulator} "${test_program}" ${ARGN} ${arguments}
    OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE result)
  # Version 2 returns the number of tests; a crash returns text or, on Windows, a larger number.
  if(NOT result MATCHES "^[0-9]+$" OR (test_catch_major GREATER 2 AND NOT result EQUAL 0))
    message(FATAL_ERROR "${test_program} could not list its tests (${result}): ${output}${errors}")
  endif()
  string(REPLACE "\r" "" output "${output}")
  string(REPLACE ";" "${semicolon}" output "${output}")
  string(REGEX REPLACE "\n+" ";" output "${output}")
  list(TRANSFORM output STRIP)
  list(FILTER output EXCLUDE REGEX "^$")
  set(${variable} "${output}" PARENT_SCOPE)
endfunction()

if(EXISTS "${test_program}")
  ancillary_list_names(test_names)
  ancillary_list_names(test_serial_names "[serial]")
  foreach(name IN LISTS test_names)
    # These characters are special in a test specification, but plain in a name.
    string(REPLACE "${semicolon}" ";" text "${name}")
    string(REGEX REPLACE "([][,\\])" "\\\\\\1" pattern "${text}")
    set(test "${test_prefix}: ${text}")
    add_test("${test}" ${test_runner} "${test_program}" "${pattern}" ${test_arguments})
    set_tests_properties("${test}" PROPERTIES
      TIMEOUT ${test_timeout} SKIP_RETURN_CODE 4 LABELS ${test_prefix})
    if(name IN_LIST test_serial_names)
      set_tests_properties("${test}" PROPERTIES RUN_SERIAL ON)
    endif()
  endforeach()
else()
  add_test("${test_prefix}: not built" "${test_program}")
endif()
