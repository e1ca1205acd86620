# FetchContent, which comes with CMake. Fill in the address of your copy.
include(FetchContent)
FetchContent_Declare(ancillary
  GIT_REPOSITORY https://example.com/ancillary.git
  GIT_TAG v0.1.0
  GIT_SHALLOW ON)
FetchContent_MakeAvailable(ancillary)

# target_link_libraries(server PRIVATE ancillary::recvmsg)
