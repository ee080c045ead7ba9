#!/usr/bin/env bash
# One gateway for the whole-job benchmark: fill its database, then serve. Arguments: PORT FOLDER.
#
# The playbook is the demo shop's, except that nothing brings in a person: the load generator asks
# where its order is for ever, and a person in charge would silence the pipeline. So the questions
# are asked, found unanswered and left out, and the order is noted instead of looked up.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
python=${PYTHON:-.venv/bin/python}
playbook="$2/playbook"
cp -r gateway/demo/shop/playbook "$playbook"
sed -i 's/^\[settings\]$/&\nfallback_limit = 0\nnegative_limit = 0\nrepeat_limit = 0/' \
    "$playbook/playbook.toml"
sed -i -e '/^\[order_status\]$/,/^\[return_item\]$/{/^look_up/d;/^missing/,/^\]/d;s/{[a-z_]*}/it/g}' \
    "$playbook/flows.toml"
export ONETHREAD__PLAYBOOK__PATH="$playbook"
export ONETHREAD__STORAGE__URL="sqlite:///$2/onethread.db"
export ONETHREAD__DATA__FOLDER="${MODELS:-$2}"
"$python" -m benchmarks.fill "$ONETHREAD__STORAGE__URL"
exec "$python" -m gateway serve --port "$1" --config benchmarks/job.toml
