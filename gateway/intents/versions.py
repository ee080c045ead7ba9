"""The versions of a playbook's intent model: which there were, which is in force, who put it there.

One small text file beside the models is the truth; each change puts a whole new one in its place.
Only reading, writing and what follows from them: which version should be in force is decided by
`gateway.intents.choice`, and how one is made by `gateway.intents.training`.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from gateway.intents.trial import Compared
from gateway.whole_files import write_whole

FILE = "versions.json"
KEPT = 10
"""How many versions of each playbook that are not in force can still be gone back to."""

Row = tuple[str, str]


class NoVersion(ValueError):
    """What was asked for is not there; the message says what is."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What a version was trained on: (text, intent) examples, and titles likewise."""

    examples: tuple[Row, ...]
    titles: tuple[Row, ...]

    @property
    def intents(self) -> frozenset[str]:
        """The intents it knows."""
        return frozenset(intent for _, intent in (*self.examples, *self.titles))


@dataclass(frozen=True, slots=True)
class Version:
    """One trained model: its digest, when it was made, from which version of the playbook, of how
    many examples and intents, and what cross-validation told of it (shares from 0 to 1)."""

    model: str
    made_at: str
    playbook: str
    examples: int
    intents: int
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Promotion:
    """A version put in force: when, by whom and why. `worse` says that it was in spite of its
    figures; `undone` who went back from it, and why. Where people chose it, `instead_of` is the
    version that was in force before, which does not come back by itself."""

    model: str
    at: str
    by: str
    why: str
    worse: bool = False
    undone: str = ""
    instead_of: str = ""
    compared: Compared | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A version that was not put in force in the place of another, and how the two compare."""

    model: str
    instead_of: str
    at: str
    compared: Compared


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that is known of one playbook's versions, oldest first."""

    versions: tuple[Version, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @property
    def in_force(self) -> Promotion | None:
        """The promotion that stands."""
        return next((one for one in reversed(self.promotions) if not one.undone), None)

    def version(self, model: str) -> Version | None:
        """The version of that digest."""
        return next((one for one in self.versions if one.model == model), None)

    def named(self, start: str) -> Version:
        """The one version whose digest begins so. Raises `NoVersion`."""
        found = [one for one in self.versions if one.model.startswith(start)]
        if len(found) == 1:
            return found[0]
        known = ", ".join(one.model[:8] for one in self.versions) or "none yet"
        wrong = "several versions begin" if found else "no version begins"
        raise NoVersion(f"{wrong} with {start!r}; there are: {known}")

    def refused(self, model: str) -> Refusal | None:
        """That this version was last turned down in favour of the one in force, if it was, and
        would be by today's rule."""
        now = self.in_force
        return next(
            (
                one
                for one in reversed(self.refusals)
                if now is not None
                and (one.model, one.instead_of) == (model, now.model)
                and one.compared.worse
            ),
            None,
        )

    def put_aside(self, model: str) -> bool:
        """Whether people put this version out of force, and nobody back."""
        now = self.in_force
        its = [one for one in self.promotions if one.model == model]
        return bool(its) and (bool(its[-1].undone) or (now is not None and now.instead_of == model))

    def with_version(self, version: Version) -> Ledger:
        """With one more, or the same again."""
        others = tuple(one for one in self.versions if one.model != version.model)
        return replace(self, versions=(*others, version))

    def promoted(self, promotion: Promotion) -> Ledger:
        """With this one in force."""
        return replace(self, promotions=(*self.promotions, promotion))

    def refusing(self, refusal: Refusal) -> Ledger:
        """With this one turned down."""
        return replace(self, refusals=(*self.refusals[-KEPT:], refusal))

    def rolled_back(self, by: str, why: str) -> Ledger:
        """With the version in force that was before. Raises `NoVersion` where there is none."""
        standing = [at for at, one in enumerate(self.promotions) if not one.undone]
        if len(standing) < 2:
            raise NoVersion("there is no earlier version to go back to")
        rows = list(self.promotions)
        rows[standing[-1]] = replace(rows[standing[-1]], undone=f"{by}: {why}" if why else by)
        return replace(self, promotions=tuple(rows))

    def pruned(self) -> Ledger:
        """Without the oldest versions that nothing leads back to."""
        standing = [one.model for one in self.promotions if not one.undone][-KEPT:]
        newest = [one.model for one in self.versions][-KEPT:]
        kept = {*standing, *newest}
        return Ledger(
            tuple(one for one in self.versions if one.model in kept),
            tuple(one for one in self.promotions if one.model in kept),
            tuple(one for one in self.refusals if one.model in kept),
        )


class Ledgers:
    """The ledgers of the playbooks whose models are in one folder, by the playbooks' names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, name: str) -> Ledger:
        """What is known of a playbook's versions; nothing where the file is missing or damaged."""
        return _ledger(self._all().get(name, {}))

    def change(self, name: str, step: Callable[[Ledger], Ledger]) -> Ledger:
        """Write what a step makes of a playbook's ledger. Raises `OSError`, and what it raises."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            known = self._all()
            ledger = step(_ledger(known.get(name, {}))).pruned()
            known = {**known, name: asdict(ledger)}
            text = json.dumps(known, ensure_ascii=False, indent=1)
            write_whole(self.folder / FILE, text.encode())
            return ledger

    def keep_rows(self, model: str, rows: Rows) -> None:
        """Keep what a version was trained on. Raises `OSError`."""
        path = self._rows(model)
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, json.dumps(asdict(rows), ensure_ascii=False).encode())

    def rows_of(self, model: str) -> Rows | None:
        """What a version was trained on, if that is kept."""
        try:
            raw = json.loads(self._rows(model).read_bytes())
            return Rows(*(tuple(map(_pair, raw[name])) for name in ("examples", "titles")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def needed(self) -> frozenset[str]:
        """The versions of all playbooks whose models must not be thrown away."""
        return frozenset(one.model for raw in self._all().values() for one in _ledger(raw).versions)

    def forget_rows(self) -> None:
        """Throw away the rows of versions that nobody can go back to."""
        needed = {self._rows(one) for one in self.needed()}
        for path in set(self.folder.glob("rows-*.json")) - needed:
            path.unlink(missing_ok=True)

    def _rows(self, model: str) -> Path:
        return self.folder / f"rows-{model}.json"

    def _all(self) -> Mapping[str, Any]:
        try:
            known = json.loads((self.folder / FILE).read_bytes())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """A gateway and a command beside it may both write: one after the other."""
        with (self.folder / f".{FILE}.lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _pair(row: Sequence[str]) -> Row:
    text, intent = row
    return str(text), str(intent)


def _ledger(raw: Mapping[str, Any]) -> Ledger:
    """The ledger that a file's table holds; one that cannot be read is as if it were not there."""
    try:
        return Ledger(
            tuple(Version(**one) for one in raw.get("versions", ())),
            tuple(
                Promotion(**{**one, "compared": _compared(one.get("compared"))})
                for one in raw.get("promotions", ())
            ),
            tuple(
                Refusal(**{**one, "compared": Compared(**one["compared"])})
                for one in raw.get("refusals", ())
            ),
        )
    except (TypeError, KeyError, AttributeError):
        return Ledger()


def _compared(raw: Mapping[str, int] | None) -> Compared | None:
    return None if raw is None else Compared(**raw)
