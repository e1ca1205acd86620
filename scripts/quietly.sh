# Sourced by the other scripts: quietly NAME COMMAND... runs a command without its output, prints
# how long it took, and prints the output only if it fails, which ends the script. A function fails at
# its first command that fails; it runs in a subshell.
quietly() {
  local name=$1 start=$SECONDS log quietly_status
  shift
  log=$(mktemp)
  # Not as a condition: that would switch off `set -e` inside a function.
  set +e
  (
    set -e
    "$@"
  ) >"$log" 2>&1
  quietly_status=$?
  set -e
  if [ $quietly_status != 0 ]; then
    cat "$log"
    rm -f "$log"
    echo "$name: failed"
    exit 1
  fi
  rm -f "$log"
  echo "$name: $((SECONDS - start)) s"
}

# build_preset PRESET [ARGUMENT OF CMAKE...]
build_preset() {
  local preset=$1
  shift
  quietly "$preset, configure" cmake --preset "$preset" "$@"
  quietly "$preset, build" cmake --build --preset "$preset" --parallel "$(nproc)" -- --quiet
}
