"""The wheel: the four packages with their assets and nothing else, and it works unpacked."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.structure.files import PACKAGES, ROOT, files, shown

# An import statement of every module, so that one that only works in a checkout is found.
IMPORT_ALL = """
import importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
for top in ("adapters", "core", "gateway", "memory"):
    package = importlib.import_module(top)
    assert package.__file__.startswith(sys.argv[1]), package.__file__
    for module in pkgutil.walk_packages(package.__path__, f"{top}."):
        # Alembic runs its env.py itself, with a context; scripts run by name have a guard.
        if not module.name.endswith((".__main__", ".env")):
            importlib.import_module(module.name)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(folder))
    return Path(built)


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_it_carries_every_file_of_the_four_packages_and_nothing_else(names: list[str]) -> None:
    ours = {shown(path) for path in files(*PACKAGES)}
    carried = {name for name in names if ".dist-info/" not in name}
    assert ours - carried == set(), "missing from the wheel"
    assert carried - ours == set(), "in the wheel, but not ours"


def test_it_carries_the_licence_and_the_console_script(wheel: Path, names: list[str]) -> None:
    info = f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"
    assert f"{info}/licenses/LICENSE" in names
    with zipfile.ZipFile(wheel) as archive:
        assert "onethread = gateway.cli:main" in archive.read(f"{info}/entry_points.txt").decode()


@pytest.mark.slow
def test_every_module_imports_from_the_unpacked_wheel(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "-I", "-c", IMPORT_ALL, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_channel_of_ours_is_registered_as_any_other_would_be() -> None:
    registered = {entry.name: entry for entry in entry_points(group="onethread.adapters")}
    folders = {path.parent.name for path in ROOT.glob("adapters/*/__init__.py")} - {"testing"}
    assert set(registered) == folders
    for name, entry in registered.items():
        assert entry.load().name == name
