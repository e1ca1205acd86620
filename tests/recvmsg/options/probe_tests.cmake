# docs/socket-options.md is what option_probe prints, and the probe runs with no cell blank.
if(TARGET ancillary_option_probe)
  get_target_property(emulator ancillary_option_probe CROSSCOMPILING_EMULATOR)
  if(NOT emulator)
    set(emulator "")
  endif()
  foreach(check IN ITEMS docs table json)
    add_test(NAME option_probe.${check}
      COMMAND ${CMAKE_COMMAND} "-DPROBE=$<TARGET_FILE:ancillary_option_probe>" "-DEMULATOR=${emulator}"
        "-DDOCS=${PROJECT_SOURCE_DIR}/docs/socket-options.md" -DCHECK=${check}
        -P ${CMAKE_CURRENT_LIST_DIR}/check_probe.cmake)
    set_tests_properties(option_probe.${check} PROPERTIES TIMEOUT 60)
  endforeach()
endif()
