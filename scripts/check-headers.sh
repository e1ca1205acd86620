#!/usr/bin/env bash
# check-headers.sh: every public header must compile alone, and when included twice, with each
# compiler and without warnings. The tests cannot check this, because they always include other
# headers first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/install-packages.sh build checks

# The cross toolchain creates the folder with the host's header-only libraries.
cross=build/windows/host-headers/include
[ -d "$cross" ] || cmake --preset windows >/dev/null

flags=(-std=c++20 -fsyntax-only -x c++ -DASIO_STANDALONE -Wall -Wextra -Wpedantic -Wconversion
  -Wsign-conversion -Wshadow -Werror -Idecoders/include -Irecvmsg/include)
linux="-Idecoders/cmake/native_layout_linux"
windows="-Idecoders/cmake/native_layout_windows -isystem $cross -D_WIN32_WINNT=0x0A00 -DNOMINMAX -DWIN32_LEAN_AND_MEAN"

check() { # COMPILER HEADER
  case $1 in
  *mingw*) system=$windows ;;
  *) system=$linux ;;
  esac
  # shellcheck disable=SC2086
  printf '#include <%s>\n#include <%s>\n' "$2" "$2" | $1 "${flags[@]}" $system - ||
    { echo "$1: <$2> does not compile alone" && return 1; }
}
export -f check
export linux windows
export flags_text="${flags[*]}"

# The 32-bit compiler uses the same third-party headers, so it compiles all of ours at once.
all_for_32_bits() {
  { sed 's/.*/#include <&>/' <<<"$headers"; } | # shellcheck disable=SC2086
    i686-w64-mingw32-g++-posix "${flags[@]}" $windows - ||
    { echo "i686-w64-mingw32-g++-posix: warnings or errors" && return 1; }
}

headers=$(find decoders/include recvmsg/include -name '*.hpp' -printf '%P\n' | sort)
compilers="g++ clang++ x86_64-w64-mingw32-g++-posix"
all_for_32_bits
for compiler in $compilers; do
  for header in $headers; do
    printf '%s %s\0' "$compiler" "$header"
  done
done | xargs -0 -P "$(nproc)" -I{} bash -c 'flags=($flags_text); check $1' - {} ||
  { echo "check-headers: failed" && exit 1; }
echo "check-headers: $(wc -w <<<"$headers") headers, $(($(wc -w <<<"$compilers") + 1)) compilers"
