"""No setting does nothing: the code reads every key that the settings have."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from adapters.registry import BUILT_IN, find_spec
from gateway.settings.model import Settings
from tests.structure.files import python_files

# Read through a method of their own section, which knows more than the value.
THROUGH = {
    ("turns", "quiet_seconds"): "quiet_for",
    ("actions", "secret"): "secret_of",
    ("actions", "secrets"): "secret_of",
}
# Handed on whole, and called so where it is read.
CALLED = {"logging": "settings"}


def keys() -> Iterator[tuple[str, str]]:
    """Every section with each of its keys."""
    for section, field in Settings.model_fields.items():
        model = field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield from ((section, key) for key in model.model_fields)


def attributes(*folders: str) -> set[tuple[str, str]]:
    """What code reads as `owner.name`, from the last name of the owner."""
    found = set()
    for path in python_files(*folders):
        if path.name.startswith("settings") or path.name == "config.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                owner = node.value
                name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
                found.add((name, node.attr))
    return found


READ = attributes("gateway")


@pytest.mark.parametrize(("section", "key"), list(keys()))
def test_every_setting_is_read(section: str, key: str) -> None:
    assert (CALLED.get(section, section), THROUGH.get((section, key), key)) in READ


def told_by(config: type[BaseModel]) -> dict[str, set[str]]:
    """What each property of a configuration makes of its options."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(config))).body
    assert isinstance(tree, ast.ClassDef)
    return {
        one.name: {
            node.attr
            for node in ast.walk(one)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
        }
        for one in tree.body
        if isinstance(one, ast.FunctionDef)
        and isinstance(getattr(config, one.name, None), property)
    }


@pytest.mark.parametrize("adapter", BUILT_IN)
def test_every_setting_of_an_adapter_is_read(adapter: str) -> None:
    config = find_spec(adapter).config
    read = {name for owner, name in attributes("adapters") if owner in {"config", "_config"}}
    told = told_by(config)
    through = {option for name in told.keys() & read for option in told[name]}
    assert set(config.model_fields) <= read | through
