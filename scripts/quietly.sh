# Sourced by the other scripts: quietly NAME COMMAND... runs a command without its output, prints
# how long it took, and prints the output only if it fails, which ends the script.
quietly() {
  local name=$1 start=$SECONDS log
  shift
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
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
