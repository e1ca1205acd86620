#!/usr/bin/env bash
# check-tidy.sh: runs clang-tidy, with .clang-tidy, on the libraries' sources and public headers.
# Most of the time goes into parsing Asio's headers, so it checks a few files that include many
# sources; no function is left out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=build/tidy
rm -rf "$work"
mkdir -p "$work"
cp .clang-tidy "$work" # clang-tidy looks for it beside the checked file

unit() { # NAME SOURCE...
  local name=$1
  shift
  printf "#include \"$PWD/%s\"\n" "$@" >"$work/$name.cpp"
}
shopt -s extglob
# metadata_options.cpp has names that other sources use too.
unit decoders decoders/src/{*,pcapng/*}.cpp
unit recvmsg recvmsg/src/{lanes,receive,capture,coalescing,set_up,options,send,slots,common}/*.cpp
unit platform recvmsg/src/platform/linux/!(metadata_options).cpp
unit metadata_options recvmsg/src/platform/linux/metadata_options.cpp
# Templates in headers are checked where they are used.
unit own_loop examples/own_loop.cpp
unit worker_pool examples/worker_pool.cpp

flags=(-std=c++20 -DASIO_STANDALONE -I recvmsg/include -I recvmsg/src -I decoders/include
  -I decoders/cmake/native_layout_linux -I examples -I tests)
start=$SECONDS
if printf '%s\0' "$work"/*.cpp |
  xargs -0 -P "$(nproc)" -I{} bash -c \
    'out=$(clang-tidy-14 --quiet "$1" -- "${@:2}" 2>/dev/null); status=$?; echo "$out"; exit $status' \
    bash {} "${flags[@]}" >"$work/log"; then
  echo "clang-tidy: no finding ($((SECONDS - start)) s)"
else
  grep -v '^$' "$work/log" || true
  echo "clang-tidy: findings ($((SECONDS - start)) s)"
  exit 1
fi
