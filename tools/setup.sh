#!/usr/bin/env bash
# Makes the environment in the folder named by the first argument, from requirements.lock.
# Needs only a Python >= 3.12 (PATH, pyenv's versions, uv's) and says what it does. What was interrupted goes on where it
# stopped; a changed lock file, a moved folder or a Python that has gone make the environment anew.
set -euo pipefail
venv=${1:?folder of the environment}
lock=requirements.lock
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0
unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX

say() { printf 'zaguán: %s\n' "$*"; }

# Of the right version, 64 bit, and complete: a Python built from source may lack ssl or sqlite3 without a word.
probe='
import sys, venv, ensurepip, ssl, sqlite3
right = (3, 12) <= sys.version_info < (3, 15) and sys.maxsize > 2**32 and sqlite3.sqlite_version_info >= (3, 34)
sys.exit(not right)
'

find_python() {
    local candidate
    for candidate in python3.13 python3.12 python3.14 python3 python \
        "${PYENV_ROOT:-${HOME:-/nowhere}/.pyenv}"/versions/3.1[234]*/bin/python \
        "${XDG_DATA_HOME:-${HOME:-/nowhere}/.local/share}"/uv/python/cpython-3.1[234]*/bin/python3; do
        candidate=$(command -v "$candidate" 2>/dev/null) || continue
        if "$candidate" -I -c "$probe" 2>/dev/null; then
            echo "$candidate"
            return 0
        fi
    done
    return 1
}

refuse_without_python() {
    {
        say "needs Python 3.12, 3.13 or 3.14 (64 bit, with venv, ssl and sqlite3). Looked on PATH and in" \
            "${PYENV_ROOT:-${HOME:-/nowhere}/.pyenv}/versions."
        say "hint: 'apt install python3.12-venv', 'dnf install python3.12', 'brew install python@3.12'," \
            "'pyenv install 3.12' or 'uv python install 3.12'; then run make again."
    } >&2
    exit 1
}

# Shows pip's long list of libraries as one line that counts.
count_libraries() {
    local total=$1 number=0 line name
    while IFS= read -r line; do
        case $line in
        "Collecting "*) number=$((number + 1)) name=${line#Collecting } ;;
        "Processing "*) number=$((number + 1)) name=${line##*/} ;;
        "Installing collected"*) name="unpacking" ;;
        *) continue ;;
        esac
        if [ -t 1 ]; then printf '\r\033[K  %d of about %d  %s' "$number" "$total" "${name%% *}"; fi
    done
    if [ -t 1 ]; then printf '\r\033[K'; fi
}

install_libraries() {
    if ! "$venv/bin/python" -I -m pip install --progress-bar off --only-binary :all: --require-hashes -r "$lock" |
        count_libraries "$(grep -c '^[a-zA-Z0-9].*==' "$lock")"; then
        {
            say "the libraries could not be installed; pip says why above."
            say "hint: without a network, or behind a proxy or a mirror, tell pip (HTTPS_PROXY, PIP_INDEX_URL or" \
                "pip config set global.index-url …); then run make again: it goes on where it stopped."
        } >&2
        exit 1
    fi
}

# What the environment was made from: a change of any of these makes it anew.
made_from() { printf '%s\n' "$PWD"; cksum <"$lock"; }

if ! "$venv/bin/python" -I -c 'import pip' 2>/dev/null || [ "$(cat "$venv/.made-from" 2>/dev/null)" != "$(made_from)" ]; then
    python=$(find_python) || refuse_without_python
    say "1/4 environment in $venv with $("$python" --version) ($python)"
    "$python" -I -m venv --clear "$venv"
    made_from >"$venv/.made-from"
else
    say "1/4 environment in $venv is there"
fi
if [ ! -e "$venv/.libraries" ]; then
    say "2/4 libraries from $lock (about a minute on a first run)"
    install_libraries
    touch "$venv/.libraries"
else
    say "2/4 libraries are there"
fi
say "3/4 zaguán itself"
"$venv/bin/python" -I -m pip install --quiet --no-deps --no-build-isolation --editable .
say "4/4 compiling the planner"
"$venv/bin/python" tools/warm.py
printf '%s\n' "$PWD" >"$venv/.ready"
say "ready"
