# Registers every test case of a Catch2 program with CTest. Replaces Catch2's own module: versions 2
# and 3 list tests differently, neither handles the line ends of a Windows program under Wine, and
# neither can run the tests of one tag serially.

set(ANCILLARY_TEST_TIMEOUT_SECONDS 300 CACHE STRING "Longest time for one test case")
set(ANCILLARY_DISCOVERY_SCRIPT "${CMAKE_CURRENT_LIST_DIR}/list_catch_tests.cmake")

# The list is made when CTest starts, not when the program is built: so building does not need Wine,
# and generators with several configurations list the tests of the right program.
function(ancillary_discover_tests target prefix)
  set(script "${CMAKE_CURRENT_BINARY_DIR}/${target}_list")
  get_target_property(emulator ${target} CROSSCOMPILING_EMULATOR)
  if(NOT emulator)
    set(emulator "")
  endif()
  file(GENERATE OUTPUT "${script}-$<CONFIG>.cmake" CONTENT
"set(test_program [==[$<TARGET_FILE:${target}>]==])
set(test_emulator [==[${emulator}]==])
set(test_prefix [==[${prefix}]==])
set(test_timeout ${ANCILLARY_TEST_TIMEOUT_SECONDS})
set(test_catch_major ${ANCILLARY_CATCH_MAJOR})
include([==[${ANCILLARY_DISCOVERY_SCRIPT}]==])
")
  file(WRITE "${script}.cmake"
"set(test_configuration \"\${CTEST_CONFIGURATION_TYPE}\")
if(NOT test_configuration)
  set(test_configuration \"${CMAKE_BUILD_TYPE}\")
endif()
include(\"${script}-\${test_configuration}.cmake\")
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${script}.cmake")
endfunction()
