"""Serves both businesses on this machine: `python -m examples.systems`."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from .stand_in import StandIn, opened

SECRET = "ONETHREAD__ACTIONS__SECRET"


def main() -> None:
    """Read the options and serve until it is stopped."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--port", type=int, default=8765)
    reading.add_argument("--file", type=Path, default=Path("systems.db"), help="keeps all there is")
    given = reading.parse_args()
    secret = os.environ.get(SECRET, "")
    if not secret:
        sys.exit(f"Set {SECRET} to what the gateway signs with.")
    system = StandIn(opened(given.file, datetime.now(UTC)), secret.encode())
    web.run_app(system.app(), host="127.0.0.1", port=given.port, access_log=None)


if __name__ == "__main__":
    main()
