"""Sets one value in a file of a playbook as a person would: the rest stays as it is, comments too.

A form names a value by its path: `answers.toml` and ("greeting",), `rules.toml` and ("rule",
"vip", "priority"), or `articles/prices.md` and ("body",). What came out is read again and compared:
a form changes what it names, or nothing. Whether the value makes sense is the reader's to say.
"""

from __future__ import annotations

import tomllib
from collections.abc import MutableMapping, Sequence
from difflib import SequenceMatcher
from typing import Any, TypeAlias

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array

from core.playbook.documents import FRONT

Value: TypeAlias = str | bool | int | float | Sequence[str] | None
"""What a form sets; nothing takes the value away."""

BODY = "body"
_ROWS = "rule"
_WIDTH = 90
"""Characters of a line; a longer list has a line for each of its texts."""


class CannotSet(ValueError):
    """The value cannot be set this way; the message says why, in words for the person."""


def set_value(file: str, text: str, path: Sequence[str], value: Value) -> str:
    """The file's text with this value in it. Raises `CannotSet`."""
    if file.startswith("articles/"):
        return _in_article(text, path, value)
    return _in_toml(text, path, value)


def _in_article(text: str, path: Sequence[str], value: Value) -> str:
    found = FRONT.match(text)
    if found is None:
        raise CannotSet("The article's head, between two lines of +++, cannot be read.")
    if tuple(path) == (BODY,):
        body = str(value or "").replace("\r\n", "\n").strip("\n")
        return f"{text[: found.end()].rstrip()}\n\n{body}\n"
    head = _in_toml(found["front"], path, value)
    end = "" if head.endswith("\n") else "\n"
    return f"{text[: found.start('front')]}{head}{end}{text[found.end('front') :]}"


def _in_toml(text: str, path: Sequence[str], value: Value) -> str:
    wanted = _read(text)
    _put(_place(wanted, path, value is not None), path[-1], _plain(value))
    try:
        document = tomlkit.parse(text)
        for gentle in (True, False):
            _set(document, path, value, gentle=gentle)
            made = tomlkit.dumps(document)
            if _same(made, wanted):
                return made
    except TOMLKitError:
        pass
    raise CannotSet("This cannot be changed by form here. Change it in the file itself.")


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise CannotSet("The file has a fault. Mend it in the file itself first.") from None


def _same(made: str, wanted: object) -> bool:
    try:
        return tomllib.loads(made) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _place(at: Any, path: Sequence[str], make: bool) -> Any:
    """The table that holds the last of the path. Raises `CannotSet` where there is none."""
    parts = list(path[:-1])
    while parts:
        name = parts.pop(0)
        inside = at.get(name) if isinstance(at, MutableMapping) else None
        if isinstance(inside, list) and name == _ROWS:
            which = parts.pop(0) if parts else path[-1]
            inside = next((one for one in inside if one.get("id") == which), None)
            if inside is None:
                raise CannotSet(f"There is no rule {which} in this file.")
        elif inside is None and make and isinstance(at, MutableMapping):
            inside = at[name] = tomlkit.table() if _is_kit(at) else {}
        if not isinstance(inside, MutableMapping):
            raise CannotSet(f"There is no {name} in this file.")
        at = inside
    return at


def _is_kit(at: object) -> bool:
    return type(at).__module__.startswith("tomlkit")


def _put(at: Any, name: str, value: Any) -> None:
    if value is None:
        at.pop(name, None)
    else:
        at[name] = value


def _set(document: Any, path: Sequence[str], value: Value, *, gentle: bool) -> None:
    """Set it; gently, within a list only what is otherwise is touched."""
    at, name = _place(document, path, value is not None), path[-1]
    before = at.get(name)
    if isinstance(before, Array) and gentle and _is_list(value):
        _merge(before, list(value))  # type: ignore[arg-type]
    else:
        _put(at, name, _item(value))


def _merge(array: Array, wanted: list[str]) -> None:
    """Make a list the wanted one, from its end, so that what is kept keeps its comments."""
    for how, start, end, first, last in reversed(
        SequenceMatcher(None, list(array), wanted, autojunk=False).get_opcodes()
    ):
        if how == "equal":
            continue
        both = min(end - start, last - first)
        for number in range(both):
            array[start + number] = wanted[first + number]
        for _ in range(end - start - both):
            del array[start + both]
        for number in range(both, last - first):
            array.insert(start + number, wanted[first + number])


def _item(value: Value) -> Any:
    if not _is_list(value):
        return value
    array = tomlkit.array()
    texts = list(value)  # type: ignore[arg-type]
    array.extend(texts)
    return array.multiline(sum(len(str(one)) + 4 for one in texts) > _WIDTH)


def _is_list(value: Value) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _plain(value: Value) -> Any:
    return list(value) if _is_list(value) else value  # type: ignore[arg-type]
