# An overlay port: vcpkg install --classic ancillary --overlay-ports=packaging/vcpkg. It builds the checkout that
# it is part of. In a registry, replace the next line by vcpkg_from_github or vcpkg_from_git.
get_filename_component(SOURCE_PATH "${CURRENT_PORT_DIR}/../../.." ABSOLUTE)

vcpkg_check_features(OUT_FEATURE_OPTIONS feature_options FEATURES tools ANCILLARY_BUILD_EXAMPLES)

vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    ${feature_options}
    -DANCILLARY_BUILD_TESTS=OFF
    -DANCILLARY_BUILD_BENCHMARKS=OFF
    -DANCILLARY_FETCH_DEPENDENCIES=OFF
    -DANCILLARY_WARNINGS_AS_ERRORS=OFF
    -DANCILLARY_INSTALL=ON
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/ancillary)
vcpkg_fixup_pkgconfig()
vcpkg_copy_pdbs()
if("tools" IN_LIST FEATURES)
  vcpkg_copy_tools(TOOL_NAMES ancillary-receiver ancillary-option-probe ancillary-pmtu-probe AUTO_CLEAN)
endif()

file(REMOVE_RECURSE
  "${CURRENT_PACKAGES_DIR}/debug/include"
  "${CURRENT_PACKAGES_DIR}/debug/share"
  "${CURRENT_PACKAGES_DIR}/share/licenses")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
