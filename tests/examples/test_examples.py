"""The channels under `examples/` install, keep the contract and stay small."""

from __future__ import annotations

import ast
import tokenize
from pathlib import Path

import pytest

from tests.examples.workplace import Workplace
from tests.structure.files import ROOT

NAMES = ("telegram", "whatsapp")
# It installs, and starts a shell for each question.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

MOST_LINES = 150

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_EMPTY = {
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
}


@pytest.fixture(scope="module", params=NAMES)
def example(request: pytest.FixtureRequest, workplace: Workplace) -> Path:
    folder: Path = ROOT / "examples" / request.param
    workplace.told(f"pip install -e {folder}", folder)
    return folder


def test_an_example_keeps_the_contract(workplace: Workplace, example: Path) -> None:
    told = workplace.told(f"onethread adapters check {example.name}", example)
    assert "0 failed" in told


def test_the_own_tests_of_an_example_pass(workplace: Workplace, example: Path) -> None:
    told = workplace.told("python -m pytest -q -p no:cacheprovider", example)
    assert " passed" in told and "skipped" not in told


def test_the_simulator_of_an_example_says_how_it_is_run(
    workplace: Workplace, example: Path
) -> None:
    told = workplace.told(f"python -m onethread_{example.name}.simulator --help", example)
    assert "--webhook" in told


@pytest.mark.parametrize("name", NAMES)
def test_the_adapter_of_an_example_is_an_afternoons_work(name: str) -> None:
    package = ROOT / "examples" / name / f"onethread_{name}"
    assert sum(_lines(package / one) for one in ("adapter.py", "parsing.py")) <= MOST_LINES


def _lines(path: Path) -> int:
    """Lines with code in them; those of imports, comments and docstrings are not counted."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None:
            skipped.update(_span(node.body[0]))
        if isinstance(node, ast.Import | ast.ImportFrom):
            skipped.update(_span(node))
    with path.open("rb") as source:
        tokens = [one for one in tokenize.tokenize(source.readline) if one.type not in _EMPTY]
    code = {line for one in tokens for line in range(one.start[0], one.end[0] + 1)}
    # The first token names the encoding, on a line 0.
    return len(code - skipped - {0})


def _span(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)
