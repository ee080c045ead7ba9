"""Which version of a playbook's intent model is in force: the one its examples make, unless it does
worse than the one before on the same messages.

The rule, whoever asks: a changed playbook's model is put in force where it is not worse
(`Compared.worse`), and in any case where the one in force does not know one of its intents, for
what stands in a playbook must be understood. What people put out of force stays so until the
examples change. It decides and writes down; training and comparing are done elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from core.pipeline.intent.stage import IntentModel
from core.playbook.model import Playbook
from gateway.intents.training import TIME_LIMIT, digest, model_for, model_kept, playbook_rows
from gateway.intents.trial import TIME_LIMIT as COMPARING
from gateway.intents.trial import Compared, compare
from gateway.intents.versions import Ledger, Ledgers, NoVersion, Promotion, Refusal, Rows, Version
from gateway.recall.encoder_files import Found

FIRST = "the first of this playbook"
SAME = "the same examples, learned anew"
LOST = "what the one before was learned from is no longer kept"
UNCOMPARED = "the two could not be compared"
BETTER = "not worse on the same messages"
UNWRITTEN = "the versions cannot be written down"
UNKNOWN = "the one before does not know all intents of the playbook"

Step = Promotion | Refusal
"""What may come of a candidate."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands after a choice: the `model` in force and its promotion, the version that the
    playbook's own examples make (`candidate`), why that one is not in force if it is not, and the
    playbook's intents that the model in force does not know."""

    model: IntentModel
    promotion: Promotion
    candidate: str
    refusal: Refusal | None = None
    unknown: tuple[str, ...] = ()
    new: bool = False

    @property
    def in_force(self) -> bool:
        """Whether the playbook's own examples are what is gone by."""
        return self.promotion.model == self.candidate


class Choosing:
    """Chooses for the playbooks whose models are in one folder; `by` is who asks for it."""

    def __init__(
        self,
        cache: Path,
        now: Callable[[], datetime],
        by: str,
        encoder: Found | None = None,
        *,
        training: float = TIME_LIMIT,
        comparing: float = COMPARING,
    ) -> None:
        self.ledgers = Ledgers(cache)
        self._cache, self._now, self._by = cache, now, by
        self._encoder = encoder
        self._training, self._comparing = training, comparing

    async def choose(self, playbook: Playbook, *, force: str = "", trial: bool = False) -> Standing:
        """The model to go by, made and put in force where the rule says so.

        With `force`, a reason, the playbook's own is put in force whatever its figures. For a
        `trial` it is the playbook's own unless that was turned down or gone back from, and nothing
        is put in force. Raises what `model_for` raises. Where nothing can be written, the
        playbook's own model is taken.
        """
        examples, titles = playbook_rows(playbook)
        rows = Rows(tuple(sorted(set(examples))), tuple(sorted(set(titles))))
        name = digest(rows.examples, rows.titles, playbook.language, self._encoder)
        made = await model_for(
            rows.examples,
            self._cache,
            titles=rows.titles,
            language=playbook.language,
            encoder=self._encoder,
            time_limit=self._training,
            needed=self.ledgers.needed(),
        )
        before = self.ledgers.of(playbook.name)
        if trial:
            aside = before.put_aside(name) or before.refused(name) is not None
            return self._standing(before if aside else Ledger(), playbook, name, made)
        step = await self._verdict(before, name, rows, playbook, force)
        if step is None:
            return self._standing(before, playbook, name, made)
        version = Version(
            name, self._at(), playbook.version, len(rows.examples), len(rows.intents), made.metrics
        )
        try:
            after = await asyncio.to_thread(self._write, playbook.name, version, rows, step)
        except OSError:
            return Standing(made, self._put(name, UNWRITTEN), name)
        return self._standing(after, playbook, name, made, new=True)

    def _write(self, name: str, version: Version, rows: Rows, step: Step) -> Ledger:
        self.ledgers.keep_rows(version.model, rows)
        after = self.ledgers.change(name, lambda one: _with(one.with_version(version), step))
        self.ledgers.forget_rows()
        return after

    def promote(self, name: str, start: str, why: str, *, force: bool = False) -> Promotion:
        """Put the version in force whose digest begins so, whatever the examples are now.

        Raises `NoVersion` when there is none, when its model is gone, when it is in force, or when
        it was turned down or gone back from and nobody forces it; and `OSError`.
        """
        ledger = self.ledgers.of(name)
        version, now = ledger.named(start), ledger.in_force
        if now is not None and now.model == version.model:
            raise NoVersion("that version is in force already")
        if model_kept(self._cache, version.model) is None:
            raise NoVersion("the model of that version is no longer there: train it anew")
        refused = ledger.refused(version.model) is not None
        if (refused or ledger.put_aside(version.model)) and not force:
            raise NoVersion("that version was turned down or gone back from; --force takes it")
        chosen = replace(
            self._put(version.model, why, worse=refused),
            instead_of="" if now is None else now.model,
        )
        self.ledgers.change(name, lambda one: one.promoted(chosen))
        return chosen

    def roll_back(self, name: str, why: str) -> Promotion:
        """Go back to the version that was in force before. Raises `NoVersion` and `OSError`."""
        after = self.ledgers.change(name, lambda one: one.rolled_back(self._by, why)).in_force
        if after is None:
            raise NoVersion("there is no earlier version to go back to")
        return after

    async def _verdict(
        self, ledger: Ledger, name: str, rows: Rows, playbook: Playbook, force: str
    ) -> Step | None:
        """What is to be written down of this candidate; nothing where all stays as it is."""
        now = ledger.in_force
        if now is None:
            return self._put(name, force or FIRST)
        if now.model == name:
            return None
        refused = ledger.refused(name) is not None
        if force:
            return self._put(name, force, worse=refused)
        if refused or ledger.put_aside(name):
            return None
        older = self.ledgers.rows_of(now.model)
        if older is None or model_kept(self._cache, now.model) is None:
            return self._put(name, LOST)
        if older == rows:
            return self._put(name, SAME)
        compared = await compare(
            (older.examples, older.titles),
            (rows.examples, rows.titles),
            playbook.language,
            self._cache,
            self._encoder,
            self._comparing,
        )
        if compared is None:
            return self._put(name, UNCOMPARED)
        if not compared.worse:
            return self._put(name, BETTER, compared)
        if rows.intents - older.intents:
            return self._put(name, UNKNOWN, compared, worse=True)
        return Refusal(name, now.model, self._at(), compared)

    def _put(
        self, name: str, why: str, compared: Compared | None = None, *, worse: bool = False
    ) -> Promotion:
        return Promotion(name, self._at(), self._by, why, worse=worse, compared=compared)

    def _standing(
        self, ledger: Ledger, playbook: Playbook, name: str, made: IntentModel, new: bool = False
    ) -> Standing:
        promotion = ledger.in_force or self._put(name, FIRST)
        kept = made if promotion.model == name else model_kept(self._cache, promotion.model)
        if kept is None:
            promotion, kept = self._put(name, LOST), made
        known = set(kept.intents)
        return Standing(
            kept,
            promotion,
            name,
            ledger.refused(name),
            tuple(sorted(one.name for one in playbook.intents if one.name not in known)),
            new,
        )

    def _at(self) -> str:
        return self._now().isoformat(timespec="seconds")


def _with(ledger: Ledger, step: Step) -> Ledger:
    return ledger.refusing(step) if isinstance(step, Refusal) else ledger.promoted(step)
