#!/usr/bin/env bash
# install-packages.sh GROUP...: installs the missing Debian packages of these groups. Groups: tools
# (to build and run the library and the tools, for both systems), build (additionally for the
# tests), checks (additionally for .ci/run), bench, docs (for scripts/docs.sh), quic (for
# examples/quic_server and its test; Debian 12), platforms (the compilers of scripts/platforms.py).
# Debian 12 and 13. Does not use the network if nothing is missing.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/quietly.sh"

tools=(
  cmake ninja-build g++ python3 git ca-certificates
  g++-mingw-w64-x86-64-posix wine wine64
  libasio-dev libmsgsl-dev libcli11-dev nlohmann-json3-dev
)
build=(
  "${tools[@]}" catch2 dpkg-dev pkgconf help2man # the last two: for the installed package
  iproute2 socat tmux # for tests: network namespaces and veth pairs; an independent sender; a terminal
  libboost-dev # an example for users of Boost.Asio
  gnuplot-nox # scripts/plot.py
  knot-dnsutils bind9-dnsutils # kdig and dig query the example servers
  tshark # reads capture files; capinfos and mergecap come with it
)
installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]; }
# chronyd queries the NTP example. Its package would replace another installed time service; then
# its test is skipped instead.
time_service=
for package in systemd-timesyncd ntp ntpsec openntpd; do
  ! installed "$package" || time_service=$package
done
[ -n "$time_service" ] || build+=(chrony)

checks=(
  prometheus python3-prometheus-client # read the page of an example server
  meson zsh fish clang clang-22 libc++-22-dev clang-format clang-tidy g++-mingw-w64-i686-posix
)
bench=(libbenchmark-dev valgrind)
docs=(doxygen doxygen-awesome-css linkchecker python3)
quic=(
  libngtcp2-dev libngtcp2-crypto-gnutls-dev libnghttp3-dev libgnutls28-dev pkg-config
  ngtcp2-client ethtool
)
# Debian cannot install the development files of two versions of libc++ side by side.
case $(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release) in
bookworm) platforms=(
  clang-14 clang-15 clang-16 clang-19 clang-22 libc++-22-dev
  g++-12-aarch64-linux-gnu g++-12-riscv64-linux-gnu qemu-user catch2
) ;;
*) platforms=(g++-12 g++-13 g++-14 clang-17 clang-18 clang-19 libc++-19-dev) ;;
esac

wanted=()
for group in "$@"; do
  case $group in
  tools) wanted+=("${tools[@]}") ;;
  build) wanted+=("${build[@]}") ;;
  checks) wanted+=("${checks[@]}") ;;
  bench) wanted+=("${bench[@]}") ;;
  docs) wanted+=("${docs[@]}") ;;
  quic) wanted+=("${quic[@]}") ;;
  platforms) wanted+=("${tools[@]}" "${platforms[@]}") ;;
  *) echo "install-packages.sh: no group '$group'" >&2 && exit 2 ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
echo "Installing: ${missing[*]}"
# A machine that has just booted may hold the locks for a while. apt-get itself waits only for
# dpkg's, not for those of the package lists and of the downloads.
lock_seconds=300
apt_options=(-o Dpkg::Use-Pty=0 -o "DPkg::Lock::Timeout=$lock_seconds")
apt() {
  local log end=$((SECONDS + lock_seconds)) result
  log=$(mktemp)
  while :; do
    result=0
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
      apt-get -qq "${apt_options[@]}" "$@" >"$log" 2>&1 || result=$?
    [ $result != 0 ] && grep -q 'Could not get lock' "$log" && [ $SECONDS -lt $end ] || break
    sleep 2
  done
  cat "$log"
  rm -f "$log"
  return $result
}
update_and_install() { apt update && apt install --yes --no-install-recommends "${missing[@]}"; }
quietly "packages" update_and_install
