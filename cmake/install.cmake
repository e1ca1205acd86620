# find_package(ancillary) provides ancillary::decoders and ancillary::recvmsg; so do the modules
# ancillary-decoders and ancillary of pkg-config.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/ancillary)

install(TARGETS ancillary_decoders ancillary_recvmsg EXPORT ancillary-targets FILE_SET HEADERS)
install(TARGETS ancillary_asio EXPORT ancillary-targets)
install(EXPORT ancillary-targets NAMESPACE ancillary:: DESTINATION ${package_directory})

configure_package_config_file(cmake/ancillary-config.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/ancillary-config.cmake INSTALL_DESTINATION ${package_directory})
# Before 1.0, a minor version may break compatibility.
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/ancillary-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/ancillary-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/ancillary-config-version.cmake
  cmake/dependencies.cmake
  DESTINATION ${package_directory})
include(cmake/pkgconfig.cmake)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/licenses/ancillary)
