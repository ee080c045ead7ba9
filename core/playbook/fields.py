"""Typed reading of a playbook's TOML, collecting every fault instead of stopping at the first.

It knows what a text, a list or a switch looks like, and nothing of what the keys mean. It reads no
file: texts are handed in.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches

from core.playbook.toml_faults import toml_fault

_BRACED = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class PlaybookProblem:
    """One fault: the file, the key's path in it, what is wrong, how to mend it, and on which line
    it stands, from 1; 0 when that is not known."""

    file: str
    key: str
    wrong: str
    mend: str
    line: int = 0

    @property
    def place(self) -> str:
        """The file, with the line as editors and terminals know it ("rules.toml:12")."""
        told = self.key.startswith("line ")
        return f"{self.file}:{self.line}" if self.line and not told else self.file

    def __str__(self) -> str:
        place = f"{self.place}: {self.key}" if self.key else self.place
        return f"{place}: {self.wrong}. {self.mend}"


@dataclass(frozen=True, slots=True)
class Note:
    """One key that a reader asked for: where, of which kind, and of which values, if few."""

    file: str
    path: str
    name: str
    kind: str
    needed: bool
    among: tuple[object, ...] = ()


class PlaybookError(Exception):
    """A playbook that cannot be used, with every fault that was found in it."""

    def __init__(self, problems: Iterable[PlaybookProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


_MANY = 40
"""Names of which not all are told."""


class Report:
    """The faults found so far, each once, in the order in which they were found."""

    __slots__ = ("_problems", "broken", "notes")

    def __init__(self, broken: Iterable[str] = (), notes: list[Note] | None = None) -> None:
        self._problems: dict[PlaybookProblem, None] = {}
        self.notes = notes
        """Where the keys that are asked for are noted, if anywhere."""
        self.broken = set(broken)
        """Files that could not be read: what they define is not known, so nothing lacks it."""

    def add(self, file: str, key: str, wrong: str, mend: str) -> None:
        """Note one fault."""
        self._problems.setdefault(PlaybookProblem(file, key, wrong, mend))

    def check_known(
        self, file: str, key: str, name: str, known: Collection[str], what: str
    ) -> None:
        """Note a name that the file of such things ("slot": slots.toml) does not define."""
        if name not in known and f"{what}s.toml" not in self.broken:
            self.add(file, key, f"there is no {what} {name!r}", suggest(name, known, f"{what}s"))

    @property
    def problems(self) -> tuple[PlaybookProblem, ...]:
        """All of them."""
        return tuple(self._problems)


def suggest(word: str, known: Collection[str], what: str) -> str:
    """What to write instead of a word that does not exist: the nearest that does, else all, unless
    they are too many to be read."""
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    if not near and word:
        near = [one for one in sorted(known) if one.startswith(word) or word.startswith(one)]
    if near:
        return f"Did you mean {near[0]}?"
    if not known:
        return f"There are no {what} yet; add one or remove this"
    names = sorted(set(known))
    if len(names) > _MANY:
        return f"None of the {len(names)} {what} is called so; add it, or name one that there is"
    return f"The {what} are {', '.join(names)}"


def check_braces(file: str, key: str, text: str, known: Collection[str], report: Report) -> None:
    """Report words in braces that nothing fills, and braces that stand alone."""
    for name in _BRACED.findall(text):
        if name not in known:
            mend = suggest(name, known, "words in braces here")
            if not known:
                mend = "Nothing can be filled in here; write it out"
            report.add(file, key, f"nothing fills {{{name}}}", mend)
    if _BRACED.sub("", text).count("{") or _BRACED.sub("", text).count("}"):
        report.add(file, key, f"{text!r} has a lone brace", "Write braces in pairs, or none")


def parse_toml(text: str, file: str, report: Report) -> dict[str, object]:
    """The file's tables; what is not TOML is reported with its line and column, and is empty."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        report.broken.add(file)
        report.add(file, "", "is nested too deeply", "Write lists and tables a few levels deep")
        return {}
    except tomllib.TOMLDecodeError as error:
        report.broken.add(file)
        found = re.search(r"^(?P<what>.*?) \(at (?P<place>.*)\)$", str(error))
        what, place = (found["what"], found["place"]) if found else (str(error), "")
        wrong, mend = toml_fault(what)
        report.add(file, place, f"is not valid TOML: {wrong}", mend)
        return {}


class Section:
    """One TOML table being read: each method takes a key, `close` reports those nobody took."""

    __slots__ = ("_known", "_raw", "file", "path", "report")

    def __init__(self, raw: Mapping[str, object], file: str, path: str, report: Report) -> None:
        self._raw = raw
        self.report = report
        self._known: list[str] = []
        self.file = file
        self.path = path

    def text(
        self,
        name: str,
        *,
        needed: bool = False,
        default: str = "",
        among: Iterable[str] = (),
    ) -> str:
        """A text that is not empty. That it is `among` some is for whoever asks to judge."""
        value = self._get(name, "text", needed=needed, among=among)
        if value is None:
            return default
        if not isinstance(value, str) or not value.strip():
            self.fault(name, "is not a text", 'Write a text in quotes, such as "Hello"')
            return default
        return value.strip()

    def texts(self, name: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of texts; one text alone is a list of one."""
        value = self._get(name, "texts", needed=needed)
        if value is None:
            return ()
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(
            isinstance(one, str) and one.strip() for one in found
        ):
            self.fault(name, "is not a list of texts", 'Write texts in brackets: ["one", "two"]')
            return ()
        if not found and needed:
            self.fault(name, "is an empty list", "Write at least one text")
        texts = tuple(" ".join(one.split()) for one in found)
        for one in _twice(texts):
            self.fault(name, f"has {one!r} twice", "Keep one of them")
        return tuple(dict.fromkeys(texts))

    def said(self, name: str) -> tuple[str, ...]:
        """What somebody says, message by message, word for word and as often as it stands there."""
        value = self._get(name, "texts", needed=True)
        found = [value] if isinstance(value, str) else value
        texts = isinstance(found, list) and all(isinstance(one, str) and one for one in found)
        if value is not None and not (texts and found):
            self.fault(name, "is not a list of texts", 'Write texts in brackets: ["one", "two"]')
        return tuple(found) if isinstance(found, list) and texts else ()

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A switch; without a default it is off unless it is turned on."""
        value = self._get(name, "flag")
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        self.fault(name, "is neither true nor false", "Write true or false, without quotes")
        return default

    def whole(
        self,
        name: str,
        *,
        needed: bool = False,
        default: int = 0,
        among: Iterable[int] = (),
    ) -> int:
        """A whole number. That it is `among` some is for whoever asks to judge."""
        value = self._get(name, "whole", needed=needed, among=among)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(name, "is not a whole number", "Write a whole number, without quotes")
            return default
        return value

    def number(self, name: str, default: float) -> float:
        """A number, whole or not."""
        value = self._get(name, "number")
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            self.fault(name, "is not a number", "Write a number, without quotes")
            return default
        return float(value)

    def rows(self, name: str) -> tuple[Mapping[str, object], ...]:
        """A list of tables, each begun with its name in double brackets."""
        value = self._get(name, "rows")
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self.fault(name, "is not a list of tables", f"Begin each with [[{name}]]")
            return ()
        return tuple(value)

    def table(self, name: str, *, needed: bool = False) -> Mapping[str, object]:
        """A table inside this one."""
        value = self._get(name, "table", needed=needed)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.fault(name, "is not a table", "Write it in braces: { key = value }")
            return {}
        return value

    def wordings(self, name: str) -> dict[str, tuple[str, ...]]:
        """A table inside this one of variants by their names."""
        path = ".".join(one for one in (self.path, name) if one)
        raw = self.table(name)
        section = Section(raw, self.file, path, self.report)
        return {key: section.texts(key, needed=True) for key in raw}

    def dates(self, name: str) -> tuple[date, ...]:
        """A list of days, written 2026-12-25 without quotes."""
        value = self._get(name, "dates")
        found = value if isinstance(value, list) else [value]
        if value is None:
            return ()
        if not all(isinstance(one, date) and not isinstance(one, datetime) for one in found):
            self.fault(name, "is not a list of days", "Write days like [2026-12-25], unquoted")
            return ()
        return tuple(one for one in found if isinstance(one, date))

    def close(self) -> None:
        """Report the keys that nothing asked for."""
        for name in self._raw:
            if name not in self._known:
                mend = suggest(name, self._known, "keys here")
                self.fault(name, "there is no such key", mend)

    def fault(self, name: str, wrong: str, mend: str) -> None:
        """Report a fault of one key."""
        key = ".".join(one for one in (self.path, name) if one)
        self.report.add(self.file, key, wrong, mend)

    def _get(
        self, name: str, kind: str, *, needed: bool = False, among: Iterable[object] = ()
    ) -> object:
        self._known.append(name)
        if self.report.notes is not None:
            note = Note(self.file, self.path, name, kind, needed, tuple(among))
            self.report.notes.append(note)
        if name not in self._raw and needed:
            self.fault(name, "is missing", "Add it")
        return self._raw.get(name)


def sections(
    raw: Mapping[str, object], file: str, report: Report, above: str = ""
) -> Iterable[tuple[str, Section]]:
    """The tables of a file, or of the table `above`, with their names; a name is letters, digits
    and underscores."""
    for name, value in raw.items():
        path = f"{above}.{name}" if above else name
        if not isinstance(value, dict):
            report.add(file, path, "is not a table", f"Write [{path}] on a line of its own")
            continue
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            report.add(
                file, path, "is no good name", "Use small letters, digits and _, a letter first"
            )
        yield name, Section(value, file, path, report)


def _twice(texts: Iterable[str]) -> list[str]:
    """The texts that stand more than once, whatever their case."""
    seen: set[str] = set()
    found = []
    for one in texts:
        plain = one.casefold()
        if plain in seen:
            found.append(one)
        seen.add(plain)
    return found
