"""What we depend on: declared where it is imported, locked exactly, from no particular index."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.structure.files import PACKAGES, ROOT, project, python_files, shown

PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]+])?==(?P<version>\S+)", re.MULTILINE)


def test_the_packages_import_only_what_the_project_declares() -> None:
    declared = _declared()
    owners = packages_distributions()
    undeclared = {
        f"{shown(path)} imports {top}"
        for path in python_files(*PACKAGES)
        # The conformance kit is for test suites, which bring pytest with them.
        if not path.is_relative_to(ROOT / "adapters" / "testing")
        for top in _imports(path)
        if top not in sys.stdlib_module_names | set(PACKAGES)
        and not {canonicalize_name(owner) for owner in owners.get(top, ())} & declared
    }
    assert not undeclared


def _declared(*without: str) -> set[str]:
    """What the project names, but for these extras."""
    data = project()["project"]
    extras = [
        line
        for extra, lines in data["optional-dependencies"].items()
        if extra not in without
        for line in lines
    ]
    names = {canonicalize_name(Requirement(line).name) for line in data["dependencies"] + extras}
    # Two come in two parts, and the first one fixes the version of the second.
    return names | {"pydantic-core", "slack-sdk"}


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def _locked(name: str) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for match in PINNED.finditer((ROOT / name).read_text(encoding="utf-8")):
        versions.setdefault(canonicalize_name(match["name"]), set()).add(match["version"])
    return versions


def test_every_dependency_is_locked() -> None:
    # Who serves customers needs no conformance kit, and an encoder or a model only by choice.
    missing = _declared("testing", "embeddings", "model") - set(_locked("requirements.lock"))
    missing |= _declared() - set(_locked("requirements-dev.lock"))
    assert not missing, "run: make lock"


def test_the_tools_are_locked_beside_the_same_versions() -> None:
    product, tools = _locked("requirements.lock"), _locked("requirements-dev.lock")
    assert {name: tools.get(name) for name in product} == product


def test_the_locks_hold_exact_versions_with_hashes_and_nothing_else() -> None:
    line = re.compile(
        r"^(?:[A-Za-z0-9._\[\],-]+==\S+(?: ; [^\\]+)? \\|    --hash=sha256:\w{64}( \\)?)$"
    )
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert [found for found in text.splitlines() if not line.match(found)] == []
