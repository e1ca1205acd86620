#!/usr/bin/env bash
# bench.sh PRESET [ARGUMENT...]: builds and runs the benchmarks of bench-linux or bench-windows (under
# Wine). The arguments go to every program, for example --benchmark_filter=decode.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/quietly.sh

preset=${1:?usage: bench.sh bench-linux|bench-windows [ARGUMENT...]}
shift
scripts/install-packages.sh build bench

# Debian has Google Benchmark for its own architectures only; a cross build takes the source package.
# Its index goes to a folder of the build tree: the system's own package lists stay as they are.
debian_source() { # PACKAGE DIRECTORY
  local directory=$2 apt="$2.apt" uri
  [ ! -d "$directory" ] || return 0
  rm -rf "$apt"
  mkdir -p "$apt/lists/partial" "$apt/source"
  uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
    'Codename: bookworm' | head -n 1)
  echo "deb-src ${uri:-http://deb.debian.org/debian/} bookworm main" >"$apt/sources.list"
  local options=(-qq -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$apt/lists" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update
  (cd "$apt/source" && apt-get "${options[@]}" source "$1" >/dev/null)
  mv "$apt"/source/*/ "$directory"
  rm -rf "$apt"
}

arguments=()
emulator=()
if [ "$preset" = bench-windows ]; then
  mkdir -p build
  quietly "source of Google Benchmark" debian_source benchmark "$PWD/build/benchmark-source"
  # Debian's patches leave the version to whoever builds; 0.0.0 stands for the project's own.
  arguments=("-DFETCHCONTENT_SOURCE_DIR_BENCHMARK=$PWD/build/benchmark-source" -DGIT_VERSION=0.0.0)
  emulator=(scripts/wine-run)
fi
build_preset "$preset" "${arguments[@]}"
for program in build/"$preset"/bench/*; do
  if [ -f "$program" ] && [ -x "$program" ]; then
    "${emulator[@]}" "$program" "$@"
  fi
done
