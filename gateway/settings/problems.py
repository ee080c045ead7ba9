"""What is wrong with a configuration, in words that tell how to mend it.

Turns the findings of pydantic and of the TOML reader into rows of file, key, fault and remedy. It
never repeats a value: any of them may be a secret.
"""

from __future__ import annotations

import re
import tomllib
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

ENVIRONMENT = "environment"
PREFIX = "ONETHREAD__"
OWN_ERROR = "onethread"

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: the file, the key's path in it, what is wrong, and how to mend it."""

    file: str
    key: str
    wrong: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}" if self.key else self.file
        return f"{place}: {self.wrong}. {self.mend}"


class ConfigError(Exception):
    """A configuration that cannot be used, with every fault that was found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def fault(wrong: str, mend: str) -> PydanticCustomError:
    """The error a validator raises, so that its remedy reaches the person who must apply it."""
    return PydanticCustomError(OWN_ERROR, "{wrong}", {"wrong": wrong, "mend": mend})


_WORDS: Mapping[str, tuple[str, str]] = {
    "missing": ("is missing", "Add it"),
    "int_type": ("is not a whole number", "Write a whole number, without quotes"),
    "int_parsing": ("is not a whole number", "Write a whole number, without quotes"),
    "int_from_float": ("is not a whole number", "Write it without a fraction"),
    "float_type": ("is not a number", "Write a number, without quotes"),
    "float_parsing": ("is not a number", "Write a number, without quotes"),
    "bool_type": ("is neither true nor false", "Write true or false, without quotes"),
    "bool_parsing": ("is neither true nor false", "Write true or false, without quotes"),
    "string_type": ("is not text", "Put the value in quotes"),
    "string_too_short": ("is too short", "Write at least {min_length} characters"),
    "string_too_long": ("is too long", "Write at most {max_length} characters"),
    "too_short": ("is too short", "At least {min_length} are needed"),
    "too_long": ("is too long", "At most {max_length} are allowed"),
    "string_pattern_mismatch": ("has the wrong form", "It has to match {pattern}"),
    "literal_error": ("is not one of the choices", "Write {expected}"),
    "enum": ("is not one of the choices", "Write {expected}"),
    "greater_than": ("is too small", "Write more than {gt}"),
    "greater_than_equal": ("is too small", "Write {ge} or more"),
    "less_than": ("is too large", "Write less than {lt}"),
    "less_than_equal": ("is too large", "Write {le} or less"),
    "finite_number": ("is not a finite number", "Write an ordinary number"),
    "model_type": ("is not a table", "Write it as a table, under its name in brackets"),
    "dict_type": ("is not a table", "Write it as a table, under its name in brackets"),
    "tuple_type": ("is not a list", 'Write a list in brackets, such as ["a", "b"]'),
    "list_type": ("is not a list", 'Write a list in brackets, such as ["a", "b"]'),
    "path_type": ("is not a path", "Put the path in quotes"),
    "path_not_file": ("names no file", "Name a file that exists and can be read"),
    "path_not_directory": ("names no folder", "Name a folder that exists"),
    OWN_ERROR: ("{wrong}", "{mend}"),
}


def unknown_key(key: str, known: Sequence[str]) -> tuple[str, str]:
    """What to say of a key that does not exist, with the nearest one that does."""
    near = get_close_matches(key, known, n=1, cutoff=0.6)
    if near:
        return "there is no such key", f"Did you mean {near[0]}?"
    return "there is no such key", f"Remove it; the keys here are {', '.join(sorted(known))}"


def problems_of(
    error: ValidationError,
    model: type[BaseModel],
    file: str,
    *,
    under: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
) -> list[Problem]:
    """Every finding of pydantic as a row of ours; `under` is where the model's table stands."""
    rows: list[Problem] = []
    for details in error.errors(include_url=False, include_input=False):
        path = [*under, *(str(part) for part in details["loc"])]
        wrong, mend = _words(details, model)
        row = Problem(*place_of(path, file, environ or {}), wrong=wrong, mend=mend)
        if row not in rows:
            rows.append(row)
    return rows


def validated(
    model: type[Model],
    raw: Mapping[str, Any],
    *,
    file: str,
    under: Sequence[str],
    environ: Mapping[str, str] | None = None,
) -> Model:
    """Read one raw table, such as an adapter's, by its own model. Raises `ConfigError`."""
    try:
        return model.model_validate(dict(raw))
    except ValidationError as error:
        raise ConfigError(problems_of(error, model, file, under=under, environ=environ)) from None


def toml_problem(error: tomllib.TOMLDecodeError, file: str) -> Problem:
    """A file that is not TOML: where reading stopped, and the usual reason."""
    found = re.search(r"^(?P<what>.*?) \(at (?P<place>.*)\)$", str(error))
    what, place = (found["what"], found["place"]) if found else (str(error), "")
    return Problem(
        file,
        place,
        f"is not valid TOML: {what[:1].lower()}{what[1:]}",
        "Texts stand in quotes, tables in [brackets], and each key once",
    )


def _words(details: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    if details["type"] == "extra_forbidden":
        owner = _model_at(model, details["loc"][:-1])
        known = [field.alias or name for name, field in owner.model_fields.items()] if owner else []
        return unknown_key(str(details["loc"][-1]), known)
    if details["type"] == "value_error":
        # What a validator of an adapter says: by custom, what to write.
        return "cannot be used as it is", _sentence(details["msg"], upper=True)
    context = {
        name: f"{value:g}" if isinstance(value, float) else value
        for name, value in details.get("ctx", {}).items()
    }
    wrong, mend = _WORDS.get(
        details["type"], (_sentence(details["msg"]), "See what config.toml says of it")
    )
    return wrong.format(**context), mend.format(**context)


def _sentence(message: str, *, upper: bool = False) -> str:
    plain = message.removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
    first = plain[:1].upper() if upper else plain[:1].lower()
    return first + plain[1:]


def place_of(path: Sequence[str], file: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """The variable when the value came from the environment, else the file and the key's path."""
    names = {name.upper(): name for name in environ}
    # The variable may hold a whole list or table, of which one item is at fault.
    for depth in range(len(path), 0, -1):
        if found := names.get(PREFIX + "__".join(path[:depth]).upper()):
            return ENVIRONMENT, found
    return file, ".".join(path)


def _model_at(model: type[BaseModel], path: Sequence[int | str]) -> type[BaseModel] | None:
    """The model of the table at this path, as far as types tell."""
    here: Any = model
    for part in path:
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(str(part))
            here = _plain(field.annotation) if field else None
        else:
            inner = get_args(here)
            here = _plain(inner[-1]) if inner else None
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _plain(annotation: Any) -> Any:
    """The type without `Annotated` and `| None`."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in {Union, types.UnionType}:
        return next((_plain(a) for a in get_args(annotation) if a is not type(None)), None)
    return annotation
