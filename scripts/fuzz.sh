#!/usr/bin/env bash
# fuzz.sh SECONDS [TARGET...]: runs each target (decode, builder, segments, transport_error, pcapng, loop) for that time
# under libFuzzer with the address and undefined-behaviour sanitizers, starting with the corpus in
# the tree. Prints the number of executions and the findings: each is an input for the corpus, once
# it is fixed. Exit status 1 if there are findings.
#
# The fuzzer's new inputs stay in build/fuzz/corpus; build/fuzz/TARGET.log has its messages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/quietly.sh

[[ ${1:-} =~ ^[0-9]+$ ]] || { sed -n '2,7s/^# \?//p' "${BASH_SOURCE[0]}" && exit 2; }
seconds=$1
shift
targets=("$@")
[ $# -gt 0 ] || targets=(decode builder segments transport_error pcapng loop)

scripts/install-packages.sh build checks
build_fuzzers() {
  cmake --preset fuzz
  cmake --build --preset fuzz --target fuzz_seeds "${targets[@]/#/fuzz_}"
}
quietly "fuzzers" build_fuzzers

status=0
for target in "${targets[@]}"; do
  learnt=build/fuzz/corpus/$target
  log=build/fuzz/$target.log
  mkdir -p "$learnt" build/fuzz/findings
  corpora=("$learnt" "tests/fuzz/corpus/$target")
  if [ "$target" = decode ]; then
    build/fuzz/tests/fuzz/fuzz_seeds build/fuzz/golden
    corpora+=(build/fuzz/golden)
  fi
  found=no
  # Control buffers are small; longer inputs would only be slower.
  "build/fuzz/tests/fuzz/fuzz_$target" -max_len=512 -max_total_time="$seconds" -timeout=10 \
    -print_final_stats=1 -artifact_prefix="build/fuzz/findings/$target-" \
    "${corpora[@]}" >"$log" 2>&1 || found=yes
  executions=$(sed -n 's/^stat::number_of_executed_units: //p' "$log")
  if [ "$found" = yes ] || [ -z "$executions" ]; then
    status=1
    grep -E 'what\(\)|ERROR|SUMMARY|Test unit written|runtime error' "$log" || tail -n 20 "$log"
    echo "$target: a finding after ${executions:-0} executions; see $log"
  else
    echo "$target: $executions executions in $seconds s, no finding"
  fi
done
exit $status
