#!/usr/bin/env bash
# demo.sh: sends datagrams with the sender tool over the loopback interface and shows the receiver
# tool's output, as Linux programs and as Windows programs under Wine. Builds what is missing,
# without tests, on a Debian 12 or 13 that needs only git.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/quietly.sh

scripts/install-packages.sh tools
log=$(mktemp)
receiver=
trap '[ -z "$receiver" ] || kill "$receiver" 2>/dev/null || true; rm -f "$log" "$log".*' EXIT

# Sends datagrams with the sender tool, which prints them for comparison with the receiver's table.
send() { # PORT ECN SENDER...
  local port=$1 ecn=$2
  shift 2
  echo "sent:"
  while read -r destination options; do
    # shellcheck disable=SC2086 # several words
    "$@" "$destination:$port" $options </dev/null 2>>"$log.sent" | tr -d '\r' | sed 's/^/  /'
  done <<ROWS
127.0.0.1 --ttl 64 --payload plain
127.0.0.5 --ttl 64 --payload another
127.0.0.6 --ttl 1 --payload last_hop
127.0.0.7 --ttl 255 --dscp ef --payload expedited_forwarding
127.0.0.8 --ttl 32 --ecn ect0 --payload ECN_capable
127.0.0.9 --ttl 32 --ecn $ecn --payload marked
127.0.0.10 --ttl 128 --dscp af11 --size 0
ROWS
}

show() { # TITLE ECN DIRECTORY SUFFIX
  local port='' fields=destination,interface,receive-interface,ttl,tos,ecn,timestamp
  echo
  echo "== $1"
  local ecn=$2 directory=$3 suffix=$4
  local -a run=()
  [ "$suffix" = "" ] || run=(scripts/wine-run)
  # Port 0: the system chooses a free port, which the tool prints. The tool exits by itself.
  "${run[@]}" "$directory/receiver/receiver$suffix" 0.0.0.0:0 --want "$fields" --format table \
    --count 7 --duration 60 >"$log.table" 2>"$log" &
  receiver=$!
  for _ in $(seq 600); do
    port=$(sed -nE 's/^.*listening on .*:([0-9]+).*$/\1/p' "$log" | head -n 1)
    [ -z "$port" ] || break
    kill -0 "$receiver" 2>/dev/null || break
    sleep 0.1
  done
  if [ -z "$port" ]; then
    cat "$log"
    echo "demo: the receiver did not start"
    exit 1
  fi
  send "$port" "$ecn" "${run[@]}" "$directory/sender/sender$suffix"
  wait "$receiver"
  receiver=
  echo "received:"
  cat "$log.table"
  # A heading, and a line for each datagram: the tool also exits if fewer arrive.
  if [ "$(wc -l <"$log.table")" != 8 ]; then
    echo "demo: not all datagrams arrived"
    cat "$log.sent"
    exit 1
  fi
  echo "the tool's report, without zeros:"
  tr -d '\r' <"$log" | grep -vE ' +(0|-)$'
  rm -f "$log.table"
}

for preset in linux windows; do
  quietly "$preset, configure" cmake --preset "tools-$preset"
  quietly "$preset, build of the tools" \
    cmake --build --preset "tools-$preset" --parallel "$(nproc)" --target ancillary_receiver ancillary_sender -- --quiet
done
show "Linux: recvmmsg" ce build/tools-linux/examples ""
# Windows refuses to send "congestion experienced".
show "Windows: WSARecvMsg, under Wine" ect1 build/tools-windows/examples .exe
