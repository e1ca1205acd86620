#!/usr/bin/env bash
# bench.sh [quick|full] [linux] [wine]: builds and runs the benchmarks, on both systems by default,
# and writes the figures to build/bench/results.json, with a table of the promised ones. quick: only
# those, in under 3 minutes once built; full: all figures, with more pairs. bench/METHOD.md explains
# the figures.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/quietly.sh
source scripts/debian-source.sh

usage() { echo "usage: bench.sh [quick|full] [linux] [wine]" >&2 && exit 2; }
mode=${1:-quick}
shift || true
systems=("$@")
[ $# -gt 0 ] || systems=(linux wine)
case $mode in
quick)
  rounds=(--quick)
  repetitions=7
  # Decoding: the layout of the system, all fields read. Dispatching: full batches.
  chosen() { case $1 in *decode_bench*) echo 'linux_64/.*/(macros|all|decoder)$' ;; *) echo '/64$' ;; esac; }
  ;;
full)
  rounds=()
  repetitions=15
  chosen() { echo .; }
  ;;
*) usage ;;
esac
scripts/install-packages.sh build bench

build() { # SYSTEM
  if [ "$1" = linux ]; then
    build_preset bench-linux
  else
    mkdir -p build
    quietly "source of Google Benchmark" debian_source benchmark "$PWD/build/benchmark-source"
    # Debian's patches leave the version to the builder; 0.0.0 selects the project's own.
    build_preset bench-windows "-DFETCHCONTENT_SOURCE_DIR_BENCHMARK=$PWD/build/benchmark-source" \
      -DGIT_VERSION=0.0.0
  fi
}

# Each program writes its figures to a file and prints its progress.
run() { # SYSTEM PROGRAM
  local program=$2 emulator=() file
  [ "$1" = linux ] || emulator=(scripts/wine-run)
  file=build/bench/parts/$1-$(basename "$program" .exe).json
  case $program in
  *decode_bench* | *dispatch_bench*)
    # No promise covers them under Wine, where the figures are the same processor's.
    [ "$mode-$1" != quick-wine ] || return 0
    echo "== $1, $(basename "$program")"
    "${emulator[@]}" "$program" --benchmark_filter="$(chosen "$program")" \
      --benchmark_min_time=0.01 --benchmark_repetitions=$repetitions \
      --benchmark_enable_random_interleaving=true --benchmark_report_aggregates_only=false \
      --benchmark_out="$file" --benchmark_out_format=json >/dev/null
    ;;
  *)
    echo "== $1, $(basename "$program")"
    python3 scripts/bench/promises.py "$1" >build/bench/limits
    "${emulator[@]}" "$program" "${rounds[@]}" --json "$file" --promises build/bench/limits
    ;;
  esac
}

rm -rf build/bench/parts
mkdir -p build/bench/parts
for system in "${systems[@]}"; do
  case $system in linux | wine) build "$system" ;; *) usage ;; esac
done
start=$SECONDS
for program in build/bench-linux/bench/*_bench; do
  [[ " ${systems[*]} " != *" linux "* ]] || run linux "$program"
done
for program in build/bench-windows/bench/*_bench.exe; do
  [[ " ${systems[*]} " != *" wine "* ]] || run wine "$program"
done
echo "measured in $((SECONDS - start)) s"
exec python3 scripts/bench/results.py "$mode" build/bench
