"""Writes the next step when the tables have changed: `python -m memory.migrations "what changed"`.

For maintainers of a checkout. It compares the tables with a new database that has every step so
far, and leaves a file to be read and corrected by a person.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from memory.migrate import draft, upgrade


def main(message: str) -> None:
    """Draft one step."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'drafted.db'}"
        upgrade(url)
        draft(url, message)


main(sys.argv[1])
