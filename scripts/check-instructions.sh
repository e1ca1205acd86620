#!/usr/bin/env bash
# check-instructions.sh [--update]: counts the instructions of the library, and of the programs that
# it is compared with, for each datagram, with callgrind. Fails if one has become dearer or cheaper
# than bench/instructions.json says by more than one percent; --update writes that file. Exact also on
# a busy machine: bench/METHOD.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/quietly.sh

case $* in '' | --update) ;; *) echo "usage: check-instructions.sh [--update]" >&2 && exit 2 ;; esac
scripts/install-packages.sh tools bench

build_preset bench-linux
exec python3 scripts/bench/instructions.py build/bench-linux bench/instructions.json "$@"
