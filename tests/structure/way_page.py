"""Reads `docs/way.md`: which file each name on it stands after, and which of them are said to run.

It reads the page and the source; it runs nothing and judges nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.structure.files import ROOT

PAGE = ROOT / "docs" / "way.md"

_SPAN = re.compile(r"`([^`]+)`")
_FILE = re.compile(r"[\w/]+\.(?:py|md|toml)")
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?")
_SETTING = re.compile(r"[a-z]+\.[a-z_]+")


@dataclass(frozen=True, slots=True)
class Named:
    """A name on the page. `runs`: it stands under "What runs", in the step of this number."""

    file: str
    name: str
    step: int
    runs: bool


def names(text: str) -> Iterator[Named]:
    """Every name with its file: the one named before it in its paragraph, or else just after it."""
    step, runs = 0, False
    for paragraph in re.split(r"\n\s*\n|\n(?=- )", text):
        if heading := re.match(r"## (\d)\.", paragraph):
            step = int(heading[1])
        if paragraph.startswith(("**", "## ")):
            runs = paragraph.startswith("**What runs")
        spans = [one for one in _SPAN.findall(paragraph) if _is_code(one)]
        for at, span in enumerate(spans):
            if _FILE.fullmatch(span):
                continue
            before = [one for one in spans[:at] if _FILE.fullmatch(one)]
            after = [one for one in spans[at:] if _FILE.fullmatch(one)]
            # In a list the file stands first; in running text, after the name ("in `file`").
            first = before[-1:] if paragraph.startswith("- ") else after[:1]
            yield Named((first or before[-1:] or after[:1] or [""])[0], span, step, runs)


def files(text: str) -> Iterator[str]:
    """Every file the page names."""
    yield from (one for one in _SPAN.findall(text) if _FILE.fullmatch(one))


def defined(path: Path) -> set[str]:
    """What a module defines: functions, classes, their methods, and constants."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        found |= _names_of(node)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{name}" for each in node.body for name in _names_of(each)}
    return found


def _names_of(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return {one.id for one in targets if isinstance(one, ast.Name)}


def _is_code(span: str) -> bool:
    setting = _SETTING.fullmatch(span) and not _FILE.fullmatch(span)
    return not setting and bool(_FILE.fullmatch(span) or _NAME.fullmatch(span))
