#!/usr/bin/env bash
# check-packaging.sh: builds and runs a consumer of each package whose tool is in Debian, beside those
# of tests/package: the Meson subproject and FetchContent. Checks the syntax of the others (vcpkg,
# Conan, CPM), and that all state one version.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/quietly.sh
scripts/install-packages.sh build checks

python3 scripts/check-version.py
python3 packaging/checks/manifests.py
quietly "vcpkg port, with stand-ins for vcpkg" cmake -P packaging/checks/vcpkg_port.cmake
cpm() {
  printf 'function(CPMAddPackage)\n%s\nendfunction()\ninclude(%s)\n' \
    'cmake_parse_arguments(PARSE_ARGV 0 a "" "NAME;GIT_REPOSITORY;GIT_TAG" "")
     if(NOT a_NAME OR NOT a_GIT_REPOSITORY OR NOT a_GIT_TAG OR a_UNPARSED_ARGUMENTS)
       message(FATAL_ERROR "wrong arguments: ${ARGV}")
     endif()' "$PWD/packaging/cmake/cpm.cmake" >build/packaging/cpm.cmake
  cmake -P build/packaging/cpm.cmake
}
mkdir -p build/packaging
quietly "CPM snippet, with a stand-in for CPM" cpm

# With shared libraries, which no other check builds. Several sources at once: what counts here is the
# project around them.
fetch_content() {
  rm -rf build/packaging/fetch_content
  cmake -G Ninja -S tests/package/fetch_content -B build/packaging/fetch_content -DCMAKE_UNITY_BUILD=ON \
    -DCMAKE_UNITY_BUILD_BATCH_SIZE=16 -DBUILD_SHARED_LIBS=ON "-DFETCHCONTENT_SOURCE_DIR_ANCILLARY=$PWD" &&
    cmake --build build/packaging/fetch_content && build/packaging/fetch_content/consumer &&
    readelf -d build/packaging/fetch_content/consumer | grep -F 'libancillary_recvmsg.so.'
}
quietly "FetchContent, shared libraries" fetch_content

# Meson wants a subproject inside the project, so the consumer is copied and the checkout linked.
meson_subproject() {
  local folder=build/packaging/meson
  rm -rf "$folder"
  mkdir -p "$folder/meson/subprojects"
  cp tests/package/{main,decoders}.cpp "$folder/"
  cp tests/package/meson/meson.build "$folder/meson/"
  ln -s "$PWD" "$folder/meson/subprojects/ancillary"
  meson setup "$folder/build" "$folder/meson" --wrap-mode=forcefallback &&
    meson compile -C "$folder/build" && meson test -C "$folder/build" --print-errorlogs
}
quietly "Meson" meson_subproject
