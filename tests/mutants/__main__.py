"""Takes out each guard in turn, in a copy of the checkout, and runs the tests that have to notice.

`python -m tests.mutants [WORDS]`: all guards, or those whose name holds the words. Exits with 1
when one went unnoticed. It changes nothing in the checkout.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.mutants.table import ROOT, Mutant, mutants

_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "dist", "_build", "__pycache__", ".mypy_cache", ".ruff_cache", "data"
)
_SECONDS = 600


def main(words: str) -> int:
    """Run them and tell; how many went unnoticed."""
    unnoticed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=_LEFT_OUT)
        for one in mutants():
            if words.casefold() not in one.guard.casefold():
                continue
            began = time.monotonic()
            noticed = _noticed(one, copy)
            unnoticed += not noticed
            took = time.monotonic() - began
            verdict = "noticed" if noticed else "UNNOTICED"
            sys.stdout.write(f"{verdict:9} {took:5.1f} s  {one.guard}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{unnoticed} unnoticed\n")
    return unnoticed


def _noticed(one: Mutant, copy: Path) -> bool:
    """Whether a test fails without this guard. pytest exits with 1 for that, and with no other."""
    place = copy / one.file
    whole = place.read_text(encoding="utf-8")
    place.write_text(whole.replace(one.find, one.put), encoding="utf-8")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *one.tests],
            cwd=copy,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env={"PYTHONPATH": str(copy), "PATH": _path()},
        )
    finally:
        place.write_text(whole, encoding="utf-8")
    if done.returncode not in (0, 1):
        sys.stdout.write(done.stdout.decode()[-2000:])
        raise SystemExit(f"the tests of “{one.guard}” cannot be run")
    return done.returncode == 1


def _path() -> str:
    import os

    return os.environ.get("PATH", "")


if __name__ == "__main__":
    sys.exit(min(1, main(" ".join(sys.argv[1:]))))
