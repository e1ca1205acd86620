#!/usr/bin/env bash
# demo.sh: shows the receiver tool's output for datagrams on the loopback interface, as a Linux
# program and as a Windows program under Wine. Builds what is missing, without tests, on a Debian 12
# or 13 that needs only git.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/quietly.sh

scripts/install-packages.sh tools
log=$(mktemp)
receiver=
trap '[ -z "$receiver" ] || kill "$receiver" 2>/dev/null || true; rm -f "$log"' EXIT

# Prints the datagrams that it sends, for comparison with the lines of the tool's table.
send() { # PORT
  python3 - "$1" <<'PYTHON'
import socket
import sys

port = int(sys.argv[1])
# Destination, TTL, TOS (DSCP in the upper six bits, ECN in the lower two), payload.
DATAGRAMS = [
    ("127.0.0.1", 64, 0x00, b"plain"),
    ("127.0.0.5", 64, 0x00, b"another destination"),
    ("127.0.0.6", 1, 0x00, b"last hop"),
    ("127.0.0.7", 255, 0xB8, b"expedited forwarding (DSCP 46)"),
    ("127.0.0.8", 32, 0x02, b"ECN capable (ECT 0)"),
    ("127.0.0.9", 32, 0x03, b"congestion experienced (CE)"),
    ("127.0.0.10", 128, 0x28, b""),
]
print(f"sent {len(DATAGRAMS)} datagrams:")
for destination, ttl, tos, payload in DATAGRAMS:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, tos)
        sender.sendto(payload, (destination, port))
    print(f"  to {destination:<11} TTL {ttl:<4} TOS 0x{tos:02x}  {len(payload):>2} bytes  {payload.decode()}")
PYTHON
}

show() { # TITLE COMMAND...
  local port='' fields=destination,interface,receive-interface,ttl,tos,ecn,timestamp
  echo
  echo "== $1"
  shift
  # Port 0: the system chooses a free port, which the tool prints. The tool exits by itself.
  "$@" 0.0.0.0:0 --want "$fields" --format table --count 7 --duration 20 \
    >"$log.table" 2>"$log" &
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
  send "$port"
  wait "$receiver"
  receiver=
  echo "received:"
  cat "$log.table"
  # A heading, and a line for each datagram: the tool also exits if fewer arrive.
  if [ "$(wc -l <"$log.table")" != 8 ]; then
    echo "demo: not all datagrams arrived"
    exit 1
  fi
  echo "the tool's report, without zeros:"
  tr -d '\r' <"$log" | grep -vE ' +(0|-)$'
  rm -f "$log.table"
}

for preset in linux windows; do
  quietly "$preset, configure" cmake --preset "tools-$preset"
  quietly "$preset, build of the receiver" \
    cmake --build --preset "tools-$preset" --parallel "$(nproc)" --target ancillary_receiver -- --quiet
done
show "Linux: recvmmsg" build/tools-linux/examples/receiver/receiver
show "Windows: WSARecvMsg, under Wine" scripts/wine-run build/tools-windows/examples/receiver/receiver.exe
