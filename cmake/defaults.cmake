# What a developer of this project gets without asking; an embedding project chooses for itself.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Kind of build" FORCE)
endif()

find_program(ANCILLARY_CCACHE ccache)
if(ANCILLARY_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${ANCILLARY_CCACHE}")
endif()

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
