"""The channel that `onethread adapters new` writes is installable, tested, typed and keeps its
contract, as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples.workplace import Workplace
from tests.structure.files import ROOT

# It installs, and starts a shell for each question.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

NAME = "skeleton"


@pytest.fixture(scope="module")
def folder(workplace: Workplace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("skeleton")
    workplace.told(f"onethread adapters new {NAME}\npip install -e onethread-{NAME}", place)
    return place / f"onethread-{NAME}"


def test_it_keeps_the_contract(workplace: Workplace, folder: Path) -> None:
    told = workplace.told(f"onethread adapters check {NAME}", folder)
    assert "0 failed" in told
    assert "proven   delivery_status is declared and proved" in told


def test_its_own_tests_pass(workplace: Workplace, folder: Path) -> None:
    told = workplace.told("python -m pytest -q -p no:cacheprovider", folder)
    assert " passed" in told and "skipped" not in told


def test_it_is_typed_strictly(workplace: Workplace, folder: Path) -> None:
    script = f"export MYPYPATH={ROOT}\npython -m mypy --explicit-package-bases --cache-dir=.mypy ."
    assert "no issues found" in workplace.told(script, folder)


@pytest.mark.parametrize("name", ["ab", "abcdefghijklmnopqrst"])
def test_it_is_in_shape_whatever_its_name(name: str, workplace: Workplace, tmp_path: Path) -> None:
    workplace.told(
        f"onethread adapters new {name} --dir here\ncd here/onethread-{name}\n"
        "python -m ruff check --no-cache .\npython -m ruff format --no-cache --check .",
        tmp_path,
    )


def test_the_list_shows_where_it_is_from(workplace: Workplace, folder: Path) -> None:
    assert f"onethread-{NAME} 0.1.0" in workplace.told("onethread adapters list", folder)
