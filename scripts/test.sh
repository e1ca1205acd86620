#!/usr/bin/env bash
# test.sh [PRESET...]: builds and runs all tests of these presets, by default those of Linux and of
# Windows (cross-built, under Wine), on a Debian 12 that may have nothing but git.
# The last line counts over all of them: N passed, N failed, N skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/quietly.sh

presets=("$@")
[ $# -gt 0 ] || presets=(linux windows)
scripts/install-packages.sh build
results=()
for preset in "${presets[@]}"; do
  build_preset "$preset"
  result=$PWD/build/$preset/tests.xml
  rm -f "$result"
  results+=("$result")
  # Its exit code says less than its results, which are read below, with the output of what failed.
  run_tests() { ctest --preset "$preset" --parallel "$(nproc)" --output-junit "$result" || [ -f "$result" ]; }
  quietly "$preset, tests" run_tests
done
python3 scripts/count-tests.py "${results[@]}"
