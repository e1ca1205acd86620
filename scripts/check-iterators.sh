#!/usr/bin/env bash
# check-iterators.sh: no source may use an iterator as a pointer. With libstdc++ the iterators of
# std::array and std::string_view are pointers, with MSVC's library they are classes. libc++ can
# make them classes too, so this finds code that MSVC rejects, without Windows.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/install-packages.sh build checks

work=build/iterators
rm -rf "$work"
mkdir -p "$work"

# No warnings: the other compilers report them.
flags=(-std=c++20 -w -stdlib=libc++ -D_LIBCPP_ABI_USE_WRAP_ITER_IN_STD_ARRAY
  -D_LIBCPP_ABI_USE_WRAP_ITER_IN_STD_STRING_VIEW -DASIO_STANDALONE -DASIO_HAS_CO_AWAIT
  -DASIO_HAS_STD_COROUTINE -DANCILLARY_FUZZ_CORPUS='""' -DANCILLARY_VERSION='""'
  -I recvmsg/include -I recvmsg/src -I decoders/include -I decoders/cmake/native_layout_linux
  -I tests -I examples -I examples/tool_support -I .)

# The slow headers, parsed once and with their templates instantiated: a quarter of the time.
headers=(asio.hpp gsl/gsl catch2/catch.hpp nlohmann/json.hpp CLI/CLI.hpp ancillary/recvmsg.hpp)
printf '#include <%s>\n' "${headers[@]}" >"$work/common.hpp"
clang++-22 "${flags[@]}" -x c++-header -fpch-instantiate-templates "$work/common.hpp" \
  -o "$work/common.pch"
flags+=(-fsyntax-only -include-pch "$work/common.pch")

# Everything that a Linux build compiles, except projects of their own, what needs packages or cannot
# be beside Asio, and main.cpp, which would need another Catch2 header; libfuzzer/ is built once for
# each target.
git ls-files '*.cpp' |
  grep -v '/windows/\|/quic_server/\|^tests/\(package/\|fuzz/libfuzzer/\|support/main.cpp\)' |
  xargs grep -L '<benchmark/benchmark.h>\|<uv.h>\|<boost/' >"$work/sources"
start=$SECONDS
if ! xargs -P "$(nproc)" -n 1 clang++-22 "${flags[@]}" <"$work/sources"; then
  echo "check-iterators: failed"
  exit 1
fi
echo "check-iterators: $(wc -l <"$work/sources") sources ($((SECONDS - start)) s)"
