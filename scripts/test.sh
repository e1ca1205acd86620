#!/usr/bin/env bash
# test.sh [PRESET...]: builds and runs all tests of these presets, by default those of Linux and of
# Windows (cross-built, under Wine), on a Debian 12 that may have nothing but git.
# The last line counts over all of them: N passed, N failed, N skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

presets=("$@")
[ $# -gt 0 ] || presets=(linux windows)
scripts/install-packages.sh build
jobs=$(nproc)

# Runs a step quietly and says how long it took; its output only when it fails.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
step() {
  local name=$1 start=$SECONDS
  shift
  if ! "$@" >"$log" 2>&1; then
    cat "$log"
    echo "$name: failed"
    exit 1
  fi
  echo "$name: $((SECONDS - start)) s"
}

results=()
for preset in "${presets[@]}"; do
  step "$preset, configure" cmake --preset "$preset"
  step "$preset, build" cmake --build --preset "$preset" --parallel "$jobs"
  result=$PWD/build/$preset/tests.xml
  rm -f "$result"
  results+=("$result")
  # Its exit code says less than its results, which are read below, with the output of what failed.
  start=$SECONDS
  ctest --preset "$preset" --parallel "$jobs" --output-junit "$result" >"$log" 2>&1 || true
  [ -f "$result" ] || cat "$log"
  echo "$preset, tests: $((SECONDS - start)) s"
done
python3 scripts/count-tests.py "${results[@]}"
