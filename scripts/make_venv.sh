#!/bin/sh
# Makes .venv with the standard library alone. Debian ships Python without the parts venv needs;
# root installs them, everyone else is told the one command, because a half-made environment
# fails later and far from its cause.
set -eu

python=${1:-python3}

if ! command -v "$python" >/dev/null 2>&1; then
    echo "There is no $python on this machine. OneThread needs Python 3.11 or newer." >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "$("$python" --version) is too old: OneThread needs Python 3.11 or newer." >&2
    echo "Name another one with: make install PYTHON=/path/to/python3.11" >&2
    exit 1
fi

if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing python3-venv, which $python needs to make environments."
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv
    else
        echo "This Python cannot make virtual environments. Install the missing part with:" >&2
        echo "    sudo apt-get install python3-venv" >&2
        echo "and run make again." >&2
        exit 1
    fi
fi

"$python" -m venv .venv
