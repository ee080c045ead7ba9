#!/bin/sh
# Writes the lock files: exact versions with hashes, for every platform, naming no index, so that
# the same file installs from whichever index a machine uses.
set -eu

uv=${1:-uv}

compile() {
    "$uv" pip compile --quiet --no-config --upgrade --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
        "$@"
}

# What serves customers needs no test tools.
compile pyproject.toml --extra speed --group setup --output-file requirements.lock
# The tools are chosen beside the product's versions, never the other way round.
compile pyproject.toml --all-extras --group dev --constraint requirements.lock \
    --output-file requirements-dev.lock
