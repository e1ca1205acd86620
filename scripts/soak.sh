#!/usr/bin/env bash
# soak.sh MINUTES [PRESET]: runs receivers under mixed traffic for that time (2, 0.5, ...), opened
# and closed repeatedly; all counters must be exact, memory and descriptors must not grow. PRESET is
# linux, asan or tsan. Prints the seed; SOAK_SEED repeats a run. Exit status 1 on failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/quietly.sh

[[ ${1:-} =~ ^[0-9]*\.?[0-9]+$ ]] || { sed -n '2,4s/^# \?//p' "${BASH_SOURCE[0]}" && exit 2; }
preset=${2:-linux}
scripts/install-packages.sh build
build_soak() {
  cmake --preset "$preset"
  cmake --build --preset "$preset" --target ancillary_soak
}
quietly "soak, build" build_soak
fixed_addresses=()
[ "$preset" != tsan ] || fixed_addresses=(setarch -R)
exec "${fixed_addresses[@]}" "build/$preset/tests/soak" "$1" ${SOAK_SEED:+"$SOAK_SEED"}
