# Installs the tools as ancillary-NAME, because names such as "receiver" are too general for a
# directory of programs, with their man pages (help2man) and shell completions. Both are made from
# --help at build time, so that they cannot differ from the program.

set(ancillary_tools receiver sender option_probe pmtu_probe)
set(description_receiver "receive UDP datagrams and print their metadata")
set(description_sender "send UDP datagrams with chosen header fields")
set(description_option_probe "show which IPPROTO_IP socket options this machine supports")
set(description_pmtu_probe "find the MTU of the path to a host")

find_program(ANCILLARY_HELP2MAN help2man)
mark_as_advanced(ANCILLARY_HELP2MAN)
find_package(Python3 COMPONENTS Interpreter QUIET)

# Either directory may be absolute.
cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_BINDIR BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}"
  OUTPUT_VARIABLE tools_directory)
cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_LIBDIR BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}"
  OUTPUT_VARIABLE libraries_from_tools)
cmake_path(RELATIVE_PATH libraries_from_tools BASE_DIRECTORY "${tools_directory}")

foreach(tool IN LISTS ancillary_tools)
  string(REPLACE "_" "-" name "ancillary-${tool}")
  set_target_properties(ancillary_${tool} PROPERTIES
    INSTALL_RPATH "\$ORIGIN/${libraries_from_tools}")
  install(TARGETS ancillary_${tool} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(CODE "
    set(directory \"${CMAKE_INSTALL_BINDIR}\")
    cmake_path(ABSOLUTE_PATH directory BASE_DIRECTORY \"\${CMAKE_INSTALL_PREFIX}\")
    set(directory \"\$ENV{DESTDIR}\${directory}\")
    file(RENAME \"\${directory}/${tool}${CMAKE_EXECUTABLE_SUFFIX}\" \"\${directory}/${name}${CMAKE_EXECUTABLE_SUFFIX}\")
    list(TRANSFORM CMAKE_INSTALL_MANIFEST_FILES REPLACE \"/${tool}(${CMAKE_EXECUTABLE_SUFFIX})$\" \"/${name}\\\\1\")")
endforeach()

if(CMAKE_CROSSCOMPILING OR WIN32)
  return() # the programs do not run here, or their system has no man pages
endif()

# The name that the man page shows is that of the file that help2man runs.
set(documents "")
foreach(tool IN LISTS ancillary_tools)
  string(REPLACE "_" "-" name "ancillary-${tool}")
  set(link ${CMAKE_CURRENT_BINARY_DIR}/documents/${name})
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/documents)
  # A step of its own, because the two below may run at the same time.
  add_custom_command(OUTPUT ${link}
    COMMAND ${CMAKE_COMMAND} -E create_symlink $<TARGET_FILE:ancillary_${tool}> ${link}
    DEPENDS ancillary_${tool} VERBATIM)
  if(ANCILLARY_HELP2MAN)
    add_custom_command(OUTPUT ${link}.1
      COMMAND ${ANCILLARY_HELP2MAN} --no-info --no-discard-stderr --version-string=${PROJECT_VERSION}
        "--name=${description_${tool}}" --output=${link}.1 ${link}
      DEPENDS ${link} VERBATIM)
    list(APPEND documents ${link}.1)
    install(FILES ${link}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  endif()
  if(Python3_Interpreter_FOUND)
    set(completions ${CMAKE_CURRENT_BINARY_DIR}/documents)
    add_custom_command(OUTPUT ${completions}/${name}.bash ${completions}/_${name} ${completions}/${name}.fish
      COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/scripts/completion.py ${link} ${completions}
      DEPENDS ${link} ${PROJECT_SOURCE_DIR}/scripts/completion.py VERBATIM)
    list(APPEND documents ${completions}/${name}.bash)
    install(FILES ${completions}/${name}.bash
      DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ${name})
    install(FILES ${completions}/_${name} DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    install(FILES ${completions}/${name}.fish
      DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
  endif()
endforeach()
if(documents)
  add_custom_target(ancillary_tool_documents ALL DEPENDS ${documents})
endif()
