#!/usr/bin/env bash
# release.sh VERSION [--no-tests]: checks that this checkout is version VERSION and
# may be released, and makes its source archive, build/release/ancillary-VERSION.tar.gz, with a
# checksum. Anyone with the commit and the same versions of Git and gzip makes the same bytes. Does
# not tag.
#
# Checked: no uncommitted change; one version in all files; a dated section in CHANGELOG.md and an
# empty "Unreleased"; .ci/run passes (it takes long; --no-tests leaves it out); the archive is made
# twice, and is the same.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  sed -n '2,5s/^# //p' "$0" >&2
  exit 2
}
fail() {
  echo "release: $1" >&2
  exit 1
}

[ $# -ge 1 ] || usage
version=$1
shift
tests=yes
while [ $# -gt 0 ]; do
  case $1 in
  --no-tests) tests=no ;;
  *) usage ;;
  esac
  shift
done
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "'$version' is no version such as 0.1.0"

[ -z "$(git status --porcelain)" ] || fail "the checkout has uncommitted changes: $(git status --porcelain | head -n 3 | tr '\n' ' ')"
python3 scripts/check-version.py "$version"
git rev-parse -q --verify "refs/tags/v$version" >/dev/null && fail "there is a tag v$version already"
[ "$tests" = no ] || .ci/run

# Git writes the time of the commit, its files in one order and no owner; gzip -n no name and no time.
archive() { # FILE
  git -c tar.umask=0022 archive --format=tar --prefix="ancillary-$version/" HEAD | gzip -9 -n >"$1"
}
folder=build/release
name=ancillary-$version.tar.gz
mkdir -p "$folder"
archive "$folder/$name"
archive "$folder/again.tar.gz"
cmp "$folder/$name" "$folder/again.tar.gz" || fail "the archive differs from run to run"
rm "$folder/again.tar.gz"
(cd "$folder" && sha256sum "$name" | tee "$name.sha256")
[ "$tests" = yes ] || echo "release: without tests"
echo "release: $folder/$name of $(git rev-parse --short HEAD); next: git tag -s v$version"
