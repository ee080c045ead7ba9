"""The tables of adapters in the settings: two keys are ours, the rest is the adapter's own.

Which adapters exist is not known here: whoever asks hands in the model that reads the rest.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.settings.problems import ConfigError, Model, Problem, validated
from gateway.settings.sections import listed


class AdapterTable(BaseModel):
    """One account of one channel. `options` is read later, by the adapter's own model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    adapter: str
    enabled: bool = True
    # Raw values, secrets among them: never in a repr.
    options: Mapping[str, Any] = Field(default_factory=dict, repr=False)


def split(name: str, table: object) -> object:
    """Our two keys of an adapter's table, and the rest, which is the adapter's own."""
    if not isinstance(table, Mapping) or isinstance(table.get("options"), Mapping):
        return table
    options = {key: value for key, value in table.items() if key not in {"adapter", "enabled"}}
    return {
        "adapter": table.get("adapter", name),
        "enabled": table.get("enabled", True),
        "options": options,
    }


def adapter_faults(
    raw: Mapping[str, Any], file: str, model_of: Callable[[str], type[BaseModel]]
) -> list[Problem]:
    """Faults inside the tables of enabled adapters, also when others of the file's are faulty."""
    problems: list[Problem] = []
    for name, given in adapter_tables(raw):
        try:
            table = AdapterTable.model_validate(split(name, given))
        except ValidationError:
            continue  # told already, as a fault of one of our two keys
        if not table.enabled:
            continue
        try:
            model = model_of(table.adapter)
        except (LookupError, ImportError) as error:
            mend = "Correct the name, install what it needs, or set enabled = false"
            key = f"adapters.{name}"
            problems.append(Problem(file, key, f"cannot be loaded: {error.args[0]}", mend))
            continue
        try:
            options_of(model, name, table, file)
        except ConfigError as error:
            problems += error.problems
    return problems


def options_of(model: type[Model], name: str, table: AdapterTable, file: str) -> Model:
    """The options of an adapter's table, read by the adapter's own model. Raises `ConfigError`."""
    raw = {key: _listed(model, key, value) for key, value in table.options.items()}
    return validated(model, raw, file=file, under=("adapters", name), environ=os.environ)


def _listed(model: type[BaseModel], key: str, value: Any) -> Any:
    """A list or a table as an environment variable can hold it: with commas, or as JSON."""
    field = model.model_fields.get(key)
    kind = get_origin(field.annotation) if field else None
    if not isinstance(value, str) or kind not in {tuple, list, set, frozenset, dict, Mapping}:
        return value
    if value.lstrip().startswith(("[", "{")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return listed(value) if kind not in {dict, Mapping} else value


def adapter_tables(raw: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each adapter's table as it was read, leaving out what is no table."""
    tables = raw.get("adapters")
    for name, table in (tables if isinstance(tables, Mapping) else {}).items():
        if isinstance(table, Mapping):
            yield name, table
