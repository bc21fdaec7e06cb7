#!/bin/sh
# Qt needs a few system libraries even off screen. Installs them, and the packages named as arguments, where they are
# missing and we may (Debian, root); elsewhere says what to install. Does nothing, quickly, where all is there.
set -eu
missing=""
for pair in libEGL.so.1:libegl1 libGL.so.1:libgl1 libxkbcommon.so.0:libxkbcommon0 libdbus-1.so.3:libdbus-1-3 \
  libfontconfig.so.1:libfontconfig1 libglib-2.0.so.0:libglib2.0-0; do
  ldconfig -p | grep -q "${pair%%:*}" || missing="$missing ${pair##*:}"
done
[ -n "$(find /usr/share/fonts -name '*.ttf' -print -quit 2>/dev/null)" ] || missing="$missing fonts-dejavu-core"
for package in "$@"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq -o DPkg::Lock::Timeout=400
  # shellcheck disable=SC2086 - a list of names
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=400 $missing >/dev/null
else
  echo "These packages are missing: sudo apt install$missing" >&2
fi
