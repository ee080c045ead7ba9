"""Puts a page's blocks of code into their files, as its reader would.

A block of Python names its file in its first line. What has the same name there is replaced, and
what is new is added; a class without a docstring shows only the methods that change.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a page: its language, the file it names, and what stands in it."""

    language: str
    file: str
    text: str


def blocks(page: str) -> Iterator[Block]:
    """Every block of code, in the order of the page."""
    for language, text in _BLOCK.findall(page):
        first, _, rest = text.partition("\n")
        named = language != "sh" and first.startswith("# ")
        yield Block(language, first[2:] if named else "", rest if named else text)


def put(block: Block, file: Path) -> None:
    """Put what is in a block of Python into its file."""
    source = file.read_text(encoding="utf-8")
    for node in ast.parse(block.text).body:
        source = _with(source, node, block.text)
    file.write_text(source, encoding="utf-8")


def _with(source: str, node: ast.stmt, text: str) -> str:
    tree = ast.parse(source)
    old = next((one for one in tree.body if _name(one) and _name(one) == _name(node)), None)
    if old is None:
        # Before the last class, the adapter, which may use it.
        at = [one for one in tree.body if isinstance(one, ast.ClassDef)][-1].lineno - 1
        return _replaced(source, at, at, f"{_text(text, node)}\n\n\n")
    if isinstance(node, ast.ClassDef) and isinstance(old, ast.ClassDef) and _is_piece(node, old):
        for method in node.body:
            source = _with_method(source, node.name, method, text)
        return source
    return _replaced(source, old.lineno - 1, old.end_lineno or 0, _text(text, node))


def _with_method(source: str, owner: str, method: ast.stmt, text: str) -> str:
    [within] = [
        one for one in ast.parse(source).body if isinstance(one, ast.ClassDef) and one.name == owner
    ]
    old = next((one for one in within.body if _name(one) == _name(method)), None)
    assert old is not None, f"{owner} has no {_name(method)}"
    return _replaced(source, old.lineno - 1, old.end_lineno or 0, _text(text, method))


def _is_piece(node: ast.ClassDef, old: ast.ClassDef) -> bool:
    """Whether a class shows some of its methods only: whole ones say what they are for."""
    return ast.get_docstring(node) is None and ast.get_docstring(old) is not None


def _name(node: ast.stmt) -> str | None:
    if isinstance(node, _NAMED):
        return node.name
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    return target.id if isinstance(target, ast.Name) else None


def _text(text: str, node: ast.stmt) -> str:
    return "\n".join(text.splitlines()[node.lineno - 1 : node.end_lineno])


def _replaced(source: str, start: int, end: int, new: str) -> str:
    lines = source.splitlines()
    return "\n".join([*lines[:start], *new.splitlines(), *lines[end:]]) + "\n"
