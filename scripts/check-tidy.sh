#!/usr/bin/env bash
# check-tidy.sh: clang-tidy over the libraries' sources and public headers, as .clang-tidy has it.
# Most of its time goes into reading Asio's headers. So it is not given one source after another, but
# a few files that include many, and no function is left out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=build/tidy
rm -rf "$work"
mkdir -p "$work"
cp .clang-tidy "$work" # it is looked for beside the file that is checked

unit() { # NAME SOURCE...
  local name=$1
  shift
  printf "#include \"$PWD/%s\"\n" "$@" >"$work/$name.cpp"
}
shopt -s extglob
# metadata_options.cpp has names that others have too.
unit decoders decoders/src/*.cpp
unit recvmsg recvmsg/src/{lanes,receive,coalescing,set_up,options,send,slots,common}/*.cpp
unit platform recvmsg/src/platform/linux/!(metadata_options).cpp
unit metadata_options recvmsg/src/platform/linux/metadata_options.cpp
# Templates of the headers are looked at where they are used.
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
