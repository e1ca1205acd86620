#!/usr/bin/env bash
# million.sh [PRESET]: a million datagrams retained for random times by several threads, in the
# tests and through the worker_pool example: each is processed once, and no slot is lost. By default
# with the thread sanitizer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/quietly.sh

preset=${1:-tsan}
scripts/install-packages.sh build
quietly "$preset, configure" cmake --preset "$preset"
quietly "$preset, build" cmake --build --preset "$preset" --parallel "$(nproc)" \
  --target recvmsg_tests --target ancillary_worker_pool -- --quiet
# The thread sanitizer of older compilers requires non-random addresses.
run() { setarch -R env "$@"; }
run ANCILLARY_RETAINED_DATAGRAMS=1000000 "build/$preset/tests/recvmsg_tests" "[retained]"
run ANCILLARY_WORKER_POOL_DATAGRAMS=1000000 \
  python3 tests/examples/worker_pool.py "build/$preset/examples/worker_pool"
