"""Asks a language model for somebody who waits: within a time, a budget, and few at once.

It leaves a model alone that failed too often, and counts how it went. What is asked, and what an
answer is worth, is the work of `gateway.model.composing`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from gateway.model.breaker import Breaker
from gateway.model.budget import Budget, Hold
from gateway.model.client import Failure, LanguageModel, Prompt, Streamed, Trouble

log = structlog.get_logger(__name__)

_HIS_OWN = (Trouble.TOO_LONG,)
"""What went wrong with the question, not with the model."""

_UNREAD = frozenset(Trouble) - {Trouble.TIMEOUT, Trouble.GARBAGE}
"""Troubles in which nobody has read the question, as long as nothing was heard."""

_PIECE = 4
"""Characters of a token, about, in the texts of a business."""

_PATIENT = 4
"""How many times more characters than were asked for are read, since tokens differ."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, whose turn it is for, and how much of time and tokens it may take."""

    task: str
    customer_id: int
    messages: Sequence[Prompt]
    max_tokens: int
    seconds: float
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """How it went: an outcome in a word, the text if there is one, and what it took.

    `outcome` is "answered", or why there is no answer: "failed" (with `trouble`), "resting", "busy"
    or "budget".
    """

    outcome: str
    text: str = ""
    cut: bool = False
    trouble: str = ""
    milliseconds: int = 0
    prompt: int = 0
    answer: int = 0

    @property
    def cost(self) -> dict[str, str]:
        """What it took, for the record of the turn."""
        took = {"ms": self.milliseconds, "prompt": self.prompt, "answer": self.answer}
        return {name: str(one) for name, one in took.items() if one}


class Asking:
    """Asks one model. `counts` says since the start what was asked for and how it went."""

    def __init__(
        self,
        model: LanguageModel,
        budget: Budget,
        breaker: Breaker,
        *,
        at_once: int,
        tick: Callable[[], float],
    ) -> None:
        self.model = model
        self.budget = budget
        self.breaker = breaker
        self._at_once = at_once
        self._tick = tick
        self._asked = 0
        self.counts: Counter[str] = Counter()

    async def ask(self, question: Question, take: Callable[[str], bool] | None = None) -> Asked:
        """The answer, or why there is none. It waits for nothing but the model."""
        if self._asked >= self._at_once:
            # Whoever waited here would keep a place from those whose turn needs no model.
            return self._noted(question, Asked("busy"))
        size = self.model.size(question.messages)
        hold = await self.budget.hold(question.customer_id, size, question.max_tokens)
        if isinstance(hold, str):
            return self._noted(question, Asked("budget", trouble=hold))
        if self._asked >= self._at_once or not self.breaker.lets_through():
            await self.budget.settle(hold, 0, 0)
            why = "busy" if self._asked >= self._at_once else "resting"
            return self._noted(question, Asked(why))
        self._asked += 1
        try:
            return self._noted(question, await self._ask(question, hold, take))
        finally:
            self._asked -= 1

    async def _ask(
        self, question: Question, hold: Hold, take: Callable[[str], bool] | None
    ) -> Asked:
        began, heard = self._tick(), 0

        def taken(piece: str) -> bool:
            nonlocal heard
            heard += len(piece)
            # What goes on beyond what was asked for is not waited for.
            within = heard <= question.max_tokens * _PIECE * _PATIENT
            return within and (take is None or take(piece))

        # Until it is known better, a question that was sent took all that it may.
        prompt, answer = hold.prompt, hold.answer
        try:
            done = await self.model.answer(
                question.messages,
                question.max_tokens,
                seconds=question.seconds,
                schema=question.schema,
                take=taken,
            )
            prompt, answer = _took(done, hold, heard)
        except BaseException:
            # The turn was given up, because more was written or the process ends.
            self.breaker.was_given_up()
            await self.budget.settle(hold, prompt, answer)
            raise
        await self.budget.settle(hold, prompt, answer)
        took = round((self._tick() - began) * 1_000)
        if isinstance(done, Failure):
            self._judge(done)
            why = done.trouble.value if done.status is None else f"{done.trouble} {done.status}"
            return Asked("failed", trouble=why, milliseconds=took, prompt=prompt, answer=answer)
        self.breaker.went_well()
        return Asked("answered", done.text, done.cut, "", took, prompt, answer)

    def _judge(self, failure: Failure) -> None:
        if failure.trouble in _HIS_OWN:
            self.breaker.was_given_up()
        else:
            self.breaker.went_wrong(failure.wait)

    def _noted(self, question: Question, asked: Asked) -> Asked:
        self.counts[f"{question.task} {asked.outcome}"] += 1
        if asked.outcome == "failed":
            log.warning("model_failed", task=question.task, trouble=asked.trouble)
        return asked


def _took(done: Streamed | Failure, hold: Hold, heard: int) -> tuple[int, int]:
    """Tokens of question and answer: as the server counts them, else as we do. What was refused
    before it was read took nothing."""
    if isinstance(done, Failure):
        unread = done.trouble in _UNREAD and not heard
        return (0, 0) if unread else (hold.prompt, heard // _PIECE)
    if done.usage is not None:
        return done.usage.prompt, done.usage.answer
    return hold.prompt, min(hold.answer, -(-heard // _PIECE))
