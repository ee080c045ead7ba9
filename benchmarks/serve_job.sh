#!/usr/bin/env bash
# One gateway for the whole-job benchmark: fill its database, then serve. Arguments: PORT FOLDER.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
python=${PYTHON:-.venv/bin/python}
export ONETHREAD__STORAGE__URL="sqlite:///$2/onethread.db"
export ONETHREAD__DATA__FOLDER="${MODELS:-$2}"
"$python" -m benchmarks.fill "$ONETHREAD__STORAGE__URL"
exec "$python" -m gateway serve --port "$1" --config benchmarks/job.toml
