"""The repository's own files, as the structure tests look at them. It finds; it judges nothing."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = ("adapters", "core", "gateway", "memory")

# What tools and runs leave behind; .gitignore names the same.
_MADE = {"__pycache__", "_build"}
_MADE_AT_ROOT = {"build", "data", "demo-data", "dist"}
_TEXT = {
    ".cfg", ".css", ".html", ".ini", ".js", ".json", ".jsonl", ".lock", ".mako", ".md", ".py",
    ".rst", ".sh", ".sql", ".svg", ".toml", ".txt", ".yaml", ".yml", "",
}  # fmt: skip


def project() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def files(*folders: str) -> Iterator[Path]:
    """Every file under these folders (or everywhere) that belongs to the repository."""
    for top in map(ROOT.joinpath, folders or (".",)):
        for folder, names, found in os.walk(top):
            here = Path(folder)
            made = _MADE | (_MADE_AT_ROOT if here.resolve() == ROOT else set())
            names[:] = sorted(n for n in names if n not in made and (n[0] != "." or n == ".ci"))
            yield from (here / name for name in sorted(found) if name != ".git")


def python_files(*folders: str) -> list[Path]:
    """Every Python file under these folders."""
    return [path for path in files(*folders) if path.suffix == ".py"]


def text_files() -> list[Path]:
    """Every file that people or programs read as text."""
    return [path for path in files() if path.suffix in _TEXT]


def shown(path: Path) -> str:
    """The path as a message should name it."""
    return path.resolve().relative_to(ROOT).as_posix()
