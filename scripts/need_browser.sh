#!/bin/sh
# Sees to it that the browser tests have a Chromium and a font to draw with. Where it cannot, it
# says so and goes on: the tests then report themselves as skipped, with the reason.
set -eu

for name in chromium chromium-browser; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done

if [ "$(id -u)" -eq 0 ] && [ -f /etc/debian_version ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing chromium and fonts-dejavu-core for the browser tests."
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; then
        exit 0
    fi
fi
echo "No Chromium here: the browser tests will be skipped." \
    "On Debian: sudo apt-get install chromium fonts-dejavu-core" >&2
