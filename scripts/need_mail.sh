#!/bin/sh
# Sees to it that the mail tests have Postfix, Dovecot and OpenDKIM to be judged by. Their services
# are neither started nor configured: the tests start them on free ports with a setup of their own.
# Where it cannot, it says so and goes on: the tests then report themselves as skipped.
set -eu

PATH="$PATH:/usr/sbin"
if command -v postfix >/dev/null 2>&1 && command -v dovecot >/dev/null 2>&1 \
    && command -v opendkim >/dev/null 2>&1; then
    exit 0
fi

if [ "$(id -u)" -eq 0 ] && [ -f /etc/debian_version ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing postfix, dovecot-imapd and opendkim for the mail tests."
    echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
    # RUNLEVEL=1 keeps the packages from starting their services.
    if apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends postfix dovecot-imapd opendkim >/dev/null; then
        exit 0
    fi
fi
echo "No Postfix, Dovecot and OpenDKIM here: the tests with them will be skipped." \
    "On Debian: sudo apt-get install postfix dovecot-imapd opendkim" >&2
