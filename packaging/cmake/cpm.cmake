# CPM.cmake (https://github.com/cpm-cmake/CPM.cmake), included before as cmake/CPM.cmake. Fill in the
# address of your copy.
CPMAddPackage(
  NAME ancillary
  GIT_REPOSITORY https://example.com/ancillary.git
  GIT_TAG v0.1.0)

# target_link_libraries(server PRIVATE ancillary::recvmsg)
