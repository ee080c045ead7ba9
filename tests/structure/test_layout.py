"""The shape of the repository: four packages, small files that say what they are for, no traces.

What is checked is only form. Who may import whom is `.importlinter`'s.
"""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from tests.structure.files import PACKAGES, ROOT, python_files, shown, text_files

MAX_LINES = 400
MAX_MODULES = 45
# Folders with Python in them that are no packages: they are run, never imported.
SCRIPTS = {"benchmarks", "docs", "examples", "scripts"}
# Files over the limit, which may only become fewer.
TOO_LONG: frozenset[str] = frozenset()

# Written in pieces, so that this file does not find itself.
TRACES = (
    re.compile(r"(?<![\w.<])/(?:" + "root|" + "work" + r")/"),
    re.compile(r"(?<![\w.])/home/(?!user\b)[a-z]"),
    re.compile("pypi" + r"\.org/" + "simple|files\\.python" + "hosted|/opt/" + "pypi"),
    re.compile(r"(?<!no-emit-)(?:extra-)?index" + "-url"),
)


def test_the_top_level_packages_are_exactly_these_four() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"tests"} == set(PACKAGES)
    with_python = {path.parent.name for path in ROOT.glob("*/*.py")}
    assert with_python - {"tests"} <= {*PACKAGES, *SCRIPTS}


def test_no_module_lies_loose_at_the_root() -> None:
    assert [path.name for path in ROOT.glob("*.py")] == []


@pytest.mark.parametrize("top", [*PACKAGES, "tests"])
def test_every_folder_of_a_package_is_a_package(top: str) -> None:
    missing = {
        shown(path.parent)
        for path in python_files(top)
        if not (path.parent / "__init__.py").exists()
    }
    assert not missing, "without __init__.py they are missing from the wheel, or shadow others"


def test_no_file_is_too_long() -> None:
    long = {
        shown(path)
        for path in python_files()
        if len(path.read_text(encoding="utf-8").splitlines()) > MAX_LINES
    }
    assert long - TOO_LONG == set(), f"over {MAX_LINES} lines: split them by purpose"
    assert TOO_LONG - long == set(), "no longer too long: take them off the list"


def test_a_folder_can_be_looked_over() -> None:
    folders = Counter(shown(path.parent) for path in python_files(*PACKAGES))
    full = {folder for folder, modules in folders.items() if modules > MAX_MODULES}
    assert not full, f"more than {MAX_MODULES} modules: sort them into folders by subject"


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        shown(path)
        for path in python_files()
        if not (path.name == "__init__.py" and path.is_relative_to(ROOT / "tests"))
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


@pytest.mark.parametrize("name", ["utils", "helpers", "manager", "base", "common", "misc"])
def test_no_module_has_a_name_that_says_nothing(name: str) -> None:
    assert [shown(p) for p in python_files(*PACKAGES) if p.stem == name] == []


def test_no_file_names_a_machine_s_folders_or_an_index() -> None:
    found = []
    for path in text_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        for trace in TRACES:
            found += [f"{shown(path)}: {match[0]}" for match in trace.finditer(text)]
    assert not found
