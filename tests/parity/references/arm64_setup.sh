#!/bin/sh
# Lay out a small Debian arm64 tree with Python and the real aarch64 onnxruntime wheel: arm64_setup.sh CACHE.
#
# No chroot and no binfmt: qemu-user runs the arm64 python3.11 with the tree as its library prefix (-L).
# Needs qemu-user-static, debootstrap and debian-archive-keyring (Debian), and pip for $PYTHON.
set -eu
cache=${1:?usage: arm64_setup.sh CACHE}
python=${PYTHON:-python3}
tree=$cache/arm64
[ -e "$cache/arm64.done" ] && exit 0
rm -rf "$tree" "$cache/arm64-site"
mkdir -p "$cache/wheels"

# The packages come from where this machine's own come from.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' 'Component: main' | sed -n 1p)
debootstrap --foreign --arch=arm64 --variant=minbase \
    --include=python3,python3-minimal,python3.11,python3.11-minimal bookworm "$tree" \
    "$mirror"
for package in "$tree"/var/cache/apt/archives/*.deb; do
    case $(basename "$package") in
        python3* | libpython3* | libc6_* | libgcc-s1_* | libstdc++6_* | zlib1g_* | libffi8_* | libssl3_* | \
        libexpat1_* | libbz2* | liblzma5_* | libmpdec3_* | libsqlite3* | libuuid1_* | libcrypt1_* | gcc-12-base_*)
            dpkg-deb -x "$package" "$tree" ;;
    esac
done
rm -rf "$tree/var/cache/apt/archives"

# onnxruntime reads /proc/cpuinfo to learn the core. It must not see this machine's (qemu 7.2 crashes on it):
# the tree gets a /proc of its own, into which make.py writes what the emulated core would tell.
rm -rf "$tree/proc"
mkdir "$tree/proc"

"$python" -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.11 \
    --platform manylinux_2_28_aarch64 --platform manylinux_2_27_aarch64 --platform manylinux2014_aarch64 \
    -d "$cache/wheels" onnxruntime numpy flatbuffers protobuf packaging
for wheel in "$cache"/wheels/*.whl; do
    "$python" -m zipfile -e "$wheel" "$cache/arm64-site"
done
touch "$cache/arm64.done"
