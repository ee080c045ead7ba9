"""Finds words for a reply: variants that can be filled, that fit, and that were not said before.

It has the turn, the step and the playbook at hand. What is to be said it does not decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.answers.sentences import choose, is_fresh, split_sentences
from core.answers.wording import speech, variants
from core.message import Assurance
from core.pipeline.contracts import IntentGuess, StateStep
from core.playbook.model import Flow, Playbook
from core.turn import TurnInput

SMS_LIMIT = 300
"""Characters of a reply by SMS: two segments."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """What wording needs: the turn, the step, the playbook, and what was said before."""

    turn: TurnInput
    guess: IntentGuess
    step: StateStep
    playbook: Playbook
    said: frozenset[str]
    opening: str = ""
    """What has to be said first, before anything that `limit` leaves room for."""

    @property
    def limit(self) -> int:
        """Characters the reply may have; 0 is no limit."""
        if self.turn.channel != "sms":
            return 0
        return SMS_LIMIT - len(self.opening) - 1 if self.opening else SMS_LIMIT

    @property
    def flow(self) -> Flow | None:
        """The flow that is open, or was done last."""
        case = self.step.case
        name = case.flow or (case.done[-1] if case.done else None)
        return self.playbook.flows.get(name or "")

    def is_confidential(self, needs: Assurance) -> bool:
        """Whether what needs this level is of the most sensitive class."""
        return needs >= self.turn.rules.levels.personal

    def variants(self, key: str) -> tuple[str, ...]:
        """The playbook's variants of an answer, then the default ones."""
        return variants(self.playbook, key)

    def say(
        self, key: str, words: Mapping[str, str] | None = None, *, statement: bool = False
    ) -> str | None:
        """A variant that was not used yet, if there is one."""
        return choose(self.variants(key), words or {}, self.said, statement=statement)

    def say_surely(self, key: str, words: Mapping[str, str] | None = None) -> str:
        """A variant that was not used yet; when all were, something neutral that was not."""
        return self.say(key, words) or self.say("fall_through") or self.last_words()

    def say_again(self, text: str) -> str | None:
        """The gist of something said before, marked as a repetition."""
        first = split_sentences(text)[:1]
        return self.say("again", {"answer": first[0]}) if first else None

    def last_words(self) -> str:
        """A sentence that names where the talk stands, which no earlier reply can have named."""
        count = self.step.case.counters.get("turns", 0)
        words = speech(self.playbook).words
        text = words["last_message"].format(count=count)
        if is_fresh(text, self.said):
            return text
        return words["last_lines"].format(count=len(self.said))

    @property
    def answers_by_opening(self) -> bool:
        """Whether the opening answers by itself: who is sorry, or says what it is, has answered."""
        if self.step.told is not None:
            return self.opening != ""
        return self.opening in (*self.variants("regret"), *self.variants("automated"))

    def open(self, text: str) -> str:
        """The whole reply, with what has to be said first."""
        whole = f"{self.opening} {text}".strip()
        return whole if is_fresh(whole, self.said) else text

    def join(self, before: str, after: str) -> str:
        """Two pieces as one text, when they repeat nothing and there is room for both."""
        if not after:
            return before
        gap = "\n\n" if "\n" in before else " "
        text = f"{before}{gap}{after}" if before else after
        if before and (not is_fresh(text, self.said) or (self.limit and len(text) > self.limit)):
            return after
        return text
