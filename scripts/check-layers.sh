#!/usr/bin/env bash
# check-layers.sh: dependencies between the layers. Only recvmsg/src/platform/ names operating
# systems, includes point from recvmsg to decoders, public headers include no operating system
# headers, and the rooms of recvmsg are ordered (check-rooms.py).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

failed=0
# forbid MEANING PATTERN PATH...: no line of these C++ files may match.
forbid() {
  local meaning=$1 pattern=$2 found
  shift 2
  if found=$(grep -rnE --include='*.hpp' --include='*.cpp' "$pattern" "$@" 2>/dev/null |
    grep -v '^recvmsg/src/platform/'); then
    printf '%s:\n%s\n' "$meaning" "$found"
    failed=1
  fi
}

forbid "Operating system conditional outside recvmsg/src/platform/" \
  '^[[:space:]]*#[[:space:]]*(el)?if.*(_WIN32|_WIN64|__linux__|_MSC_VER|__MINGW|__APPLE__|__unix__)' \
  decoders recvmsg examples tests bench
forbid "decoders includes Asio or recvmsg" '^[[:space:]]*#[[:space:]]*include.*[<"](asio|ancillary/recvmsg)' \
  decoders
forbid "Public header includes an operating system's header" \
  '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"](sys/|netinet/|arpa/|net/|linux/|unistd|poll\.h|winsock|ws2|windows|mswsock|mstcpip|iphlpapi)' \
  decoders/include recvmsg/include

python3 scripts/check-rooms.py || failed=1
[ $failed = 0 ] && echo "check-layers: nothing found"
exit $failed
