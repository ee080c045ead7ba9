#!/bin/sh
# Sees to it that tests have Node.js with npm, to install judges that are written in JavaScript.
# Where it cannot, it says so and goes on: those tests then report themselves as skipped.
set -eu

if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; then
    exit 0
fi

if [ "$(id -u)" -eq 0 ] && [ -f /etc/debian_version ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing nodejs and npm for the tests with judges from npm."
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null; then
        exit 0
    fi
fi
echo "No Node.js with npm here: the tests with judges from npm will be skipped." \
    "On Debian: sudo apt-get install nodejs npm" >&2
