"""A longer campaign of the machine: `python -m tests.identity [STEPS]`, half a million by default.

It draws other examples than the tests do, and prints how far it came. A failure is printed as the
shortest sequence of steps that shows it.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from memory.migrate import upgrade
from tests.identity.campaign import opened, run
from tests.identity.machine import Tally

STEPS = 500_000
_ROUND = 200
"""Runs of the machine between two lines of progress."""


def main(steps: int) -> None:
    """Run until that many steps were taken."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'identity.db'}"
        upgrade(url)
        with opened(url) as engine:
            while Tally.steps < steps:
                run(engine, _ROUND)
                took = time.monotonic() - began
                sys.stdout.write(
                    f"{Tally.steps} steps, {Tally.reads} views compared, {Tally.shown} words shown"
                    f", {took:.0f} s\n"
                )
                sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else STEPS)
