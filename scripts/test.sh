#!/usr/bin/env bash
# test.sh [PRESET...]: builds and runs all tests of these presets, by default for Linux and Windows
# (cross-built, under Wine), on a Debian 12 or 13 that needs only git. The last line is the total: N
# passed, N failed, N skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/quietly.sh
source scripts/debian-source.sh

presets=("$@")
[ $# -gt 0 ] || presets=(linux windows)
scripts/install-packages.sh build
results=()
# Catch2 version 2 is one header, which works for a cross build; version 3 is a library.
catch_for() { # PRESET
  [ "$1" = windows ] && [ ! -f /usr/include/catch2/catch.hpp ] || return 0
  mkdir -p build
  quietly "source of Catch2" debian_source catch2 "$PWD/build/catch2-source"
  catch=("-DFETCHCONTENT_SOURCE_DIR_CATCH2=$PWD/build/catch2-source")
}

for preset in "${presets[@]}"; do
  catch=()
  catch_for "$preset"
  build_preset "$preset" "${catch[@]}"
  result=$PWD/build/$preset/tests.xml
  rm -f "$result"
  results+=("$result")
  # The results are read below, with the output of failed tests; they say more than the exit code.
  run_tests() { ctest --preset "$preset" --parallel "$(nproc)" --output-junit "$result" || [ -f "$result" ]; }
  quietly "$preset, tests" run_tests
done
python3 scripts/count-tests.py "${results[@]}"
