#!/usr/bin/env bash
# Makes the environment in the folder named by the first argument, from requirements.lock.
# Needs only a Python >= 3.12 (PATH or pyenv's versions) and says what it does.
set -euo pipefail
venv=${1:?folder of the environment}

say() { printf '\033[1mzaguán\033[0m %s\n' "$*"; }

find_python() {
    local candidate
    for candidate in python3.13 python3.12 python3.14 python3 python \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python; do
        candidate=$(command -v "$candidate" 2>/dev/null) || continue
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
            echo "$candidate"
            return 0
        fi
    done
    return 1
}

if ! python=$(find_python); then
    say "needs Python 3.12 or newer, with venv. None was found on PATH or in ${PYENV_ROOT:-$HOME/.pyenv}/versions." >&2
    say "hint: install it ('apt install python3.12-venv', 'brew install python@3.12' or 'pyenv install 3.12') and run make again." >&2
    exit 1
fi

say "1/4 environment in $venv with $("$python" --version) ($python)"
"$python" -m venv --clear "$venv"
say "2/4 libraries from requirements.lock (about a minute on a first run)"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
say "3/4 zaguán itself"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
say "4/4 compiling the planner"
"$venv/bin/python" tools/warm.py
touch "$venv/.ready"
say "ready"
