#!/bin/sh
# Sets up .venv at the root of this checkout, so that .venv/bin/twinsight works. Does nothing when that is done.
#
# PYTHON=/path/to/python3.12 scripts/bootstrap.sh    uses that Python; else the first of 3.11 or newer is taken.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
venv=.venv
stamp=$venv/.set-up

say() { printf '%s\n' "$@" >&2; }
fail() {
    say "$@"
    exit 1
}

fingerprint() { cat pyproject.toml constraints.txt scripts/bootstrap.sh | cksum; }

# The path is part of it: a virtual environment that was moved or copied does not run.
wanted="$(fingerprint) $root"
if [ -x "$venv/bin/twinsight" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
    exit 0
fi

is_root() { [ "$(id -u)" = 0 ]; }
has() { command -v "$1" >/dev/null 2>&1; }

apt_install() {
    # The lists of a fresh container are empty, hence the update on a first failure.
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null 2>&1 && return 0
    apt-get update -qq >/dev/null 2>&1 || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >&2
}

# ---------------------------------------------------------------------- a Python

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

can_make_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

find_python() {
    for check in can_make_venv new_enough; do # better one that is complete, else one that can be completed
        for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3.14 python3 python; do
            if has "$candidate" && new_enough "$candidate" && "$check" "$candidate"; then
                printf '%s\n' "$candidate"
                return 0
            fi
        done
    done
    return 1
}

python=$(find_python) || fail "Twinsight needs Python 3.11 or newer, and there is none on the PATH." \
    "Install one (Debian and Ubuntu: sudo apt-get install python3 python3-venv), or name it: PYTHON=/path/to/python3.12 make setup"

if ! can_make_venv "$python"; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if is_root && has apt-get; then
        say "Installing the venv module of Python $version ..."
        apt_install "python$version-venv" || apt_install python3-venv || true
    fi
    can_make_venv "$python" || fail "Python $version lacks its venv module. Type this, then try again:" \
        "    sudo apt-get install python$version-venv"
fi

# ---------------------------------------------------------------------- libraries of the system

# "library package" pairs: what OpenCV and Qt load on Linux, and what a real screen needs on top.
needed="libGL.so.1:libgl1 libgthread-2.0.so.0:libglib2.0-0"
for_window="libEGL.so.1:libegl1 libxkbcommon.so.0:libxkbcommon0 libfontconfig.so.1:libfontconfig1
    libdbus-1.so.3:libdbus-1-3 libxcb-cursor.so.0:libxcb-cursor0 libxcb-icccm.so.4:libxcb-icccm4
    libxcb-keysyms.so.1:libxcb-keysyms1 libxcb-shape.so.0:libxcb-shape0 libxkbcommon-x11.so.0:libxkbcommon-x11-0"

missing_packages() {
    "$python" - "$@" <<'PROBE'
import ctypes
import sys

for pair in sys.argv[1:]:
    library, package = pair.split(":")
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package)
PROBE
}

if [ "$(uname -s)" = Linux ]; then
    # shellcheck disable=SC2086  # the lists are meant to be split
    missing=$(missing_packages $needed $for_window | tr '\n' ' ')
    if [ -n "$missing" ] && is_root && has apt-get; then
        say "Installing libraries for the window: $missing"
        # shellcheck disable=SC2086
        apt_install $missing || true
        # shellcheck disable=SC2086
        missing=$(missing_packages $needed $for_window | tr '\n' ' ')
    fi
    if [ -n "$missing" ]; then
        say "The window needs libraries that this system lacks (names as in Debian and Ubuntu):" \
            "    sudo apt-get install $missing"
    fi
fi

# ---------------------------------------------------------------------- the virtual environment

if ! { [ -x "$venv/bin/python" ] && new_enough "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1; }; then
    say "Making $venv with $("$python" --version 2>&1) ..."
    "$python" -m venv --clear "$venv" || fail "The virtual environment could not be made in $root/$venv."
fi

say "Installing Twinsight and what it needs into $venv; the first time takes some minutes ..."
pip() { PIP_USER=0 "$venv/bin/python" -m pip --disable-pip-version-check --no-input "$@"; }
pip install --quiet --constraint constraints.txt --editable '.[dev]' ||
    fail "The installation did not finish: see the lines above. It needs a network (or pip's own configuration) this once." \
        "Try again with: make setup"

# The reference implementation of PDQ has to be compiled. One test asks for it and skips itself without.
if has cc || has gcc; then
    pip install --quiet --constraint constraints.txt --editable '.[dev,oracle]' >/dev/null 2>&1 ||
        say "pdqhash could not be built here; one test will skip itself. Nothing else needs it."
fi

"$venv/bin/python" -c 'from core._cv import cv2' ||
    fail "OpenCV does not start: see the line above. On Debian and Ubuntu: sudo apt-get install libgl1 libglib2.0-0"

printf '%s' "$wanted" >"$stamp"
say "Ready: $venv/bin/twinsight"
