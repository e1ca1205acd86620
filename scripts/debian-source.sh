# Sourced by scripts that cross-build a library from its Debian source package, because Debian's
# binaries are for its own architectures only.
#
# debian_source PACKAGE DIRECTORY: puts the patched source of the package for this Debian release
# into DIRECTORY, unless it exists. The source index goes into a folder beside it: the system's
# package lists are not changed.
debian_source() {
  local directory=$2 apt="$2.apt" release uri
  [ ! -d "$directory" ] || return 0
  rm -rf "$apt"
  mkdir -p "$apt/lists/partial" "$apt/source"
  release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
    "Codename: $release" | head -n 1)
  echo "deb-src ${uri:-http://deb.debian.org/debian/} $release main" >"$apt/sources.list"
  local options=(-qq -o DPkg::Lock::Timeout=300 -o "Dir::Etc::SourceList=$apt/sources.list"
    -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$apt/lists" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update
  (cd "$apt/source" && apt-get "${options[@]}" source "$1" >/dev/null)
  mv "$apt"/source/*/ "$directory"
  rm -rf "$apt"
}
