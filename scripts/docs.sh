#!/usr/bin/env bash
# docs.sh [DIRECTORY]: builds the documentation site, by default into build/docs, and checks it: no warning
# of Doxygen, every public name documented, no broken link. Set REPOSITORY_URL to link to the
# repository's files.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/quietly.sh

scripts/install-packages.sh docs
site=$(realpath -m "${1:-build/docs}")
if [ -e "$site" ] && [ ! -f "$site/doxygen.css" ]; then
  echo "docs.sh: $site exists and is no such site; it would be replaced" >&2
  exit 2
fi
theme=/usr/share/doxygen-awesome-css
scripts=(doxygen-awesome-darkmode-toggle.js doxygen-awesome-fragment-copy-button.js doxygen-awesome-paragraph-link.js)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

configuration() {
  cat docs/site/Doxyfile
  echo "OUTPUT_DIRECTORY = $work"
  echo "PROJECT_NUMBER = $(sed -nE 's/^project\(ancillary VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)"
  echo "HTML_EXTRA_STYLESHEET = $theme/doxygen-awesome.css $theme/doxygen-awesome-sidebar-only.css \
    $theme/doxygen-awesome-sidebar-only-darkmode-toggle.css docs/site/site.css"
  echo "HTML_EXTRA_FILES = ${scripts[*]/#/$theme/}"
  # The theme switches between light and dark itself. Doxygen before 1.9.5 does not know the option.
  [[ $(doxygen --version) == 1.9.[0-4]* ]] || echo "HTML_COLORSTYLE = LIGHT"
  [ ! -f "$work/header.html" ] || echo "HTML_HEADER = $work/header.html"
}

build() {
  # Doxygen ignores a filter's failure.
  for page in docs/*.md docs/guides/*.md; do
    python3 docs/site/page_filter.py "$page" >/dev/null
  done
  # The header of this version of Doxygen, with the theme's scripts.
  configuration | doxygen -w html "$work/header.html" "$work/footer.html" "$work/style.css" -
  local tags=
  for script in "${scripts[@]}"; do
    tags+="<script src=\"\$relpath^$script\"></script>"
  done
  tags+="<script>DoxygenAwesomeDarkModeToggle.init(); DoxygenAwesomeFragmentCopyButton.init(); \
DoxygenAwesomeParagraphLink.init();</script>"
  sed -i "s|</head>|$tags</head>|" "$work/header.html"
  configuration | doxygen -
  rm -rf "$site"
  mkdir -p "$(dirname "$site")"
  mv "$work/html" "$site"
}

# Through a server, because the checker, run by root, reads files as another user.
check_links() {
  python3 - "$site" <<'PYTHON'
import functools
import http.server
import subprocess
import sys
import threading


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=sys.argv[1]))
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.exit(subprocess.run(["linkchecker", "--config=docs/site/linkchecker.ini", "--no-status",
                         f"http://127.0.0.1:{server.server_port}/index.html"]).returncode)
PYTHON
}

quietly "site" build
quietly "links" check_links
echo "docs: $site/index.html"
