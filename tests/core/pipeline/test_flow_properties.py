"""Whatever is said in whatever order: one question at most, nothing asked for that is at hand, and
no action without its yes, below its level, or by two keys for one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.effects import Act
from core.message import Assurance
from core.pipeline.contracts import Effect
from core.pipeline.reading.phrases import is_cancellation
from core.pipeline.state.undertaking import ASKED, agrees
from core.playbook.model import Action, Flow
from core.turn import CaseState, Decision
from tests.core.pipeline.shop import Talk
from tests.core.pipeline.test_actions import BOOK, VISIT, shop

SENT_BACK = Action("send", "your return", url="https://erp.shop.example/returns", confirm=False)
RETURN = Flow("return", ("reason", "size"), found=("It is on the list.",), action="send")


@dataclass
class Done:
    """An action that was asked for: in which state of the case, and after which words."""

    act: Act
    before: CaseState
    text: str


@dataclass
class Recorded(Talk):
    """A talk that keeps what was done, and when."""

    done: list[Done] = field(default_factory=list)
    text: str = ""
    outcome: str = "done"

    def say(self, *texts: str, quick_reply: str | None = None) -> Decision:
        self.text = "\n".join(texts)
        return super().say(*texts, quick_reply=quick_reply)

    def perform(self, effect: Effect) -> Mapping[str, str] | None:
        if isinstance(effect, Act):
            self.done.append(Done(effect, self.case, self.text))
            return {"outcome": self.outcome, "number": "V-77", "why": "it stalled"}
        return super().perform(effect)


def customer(needs: Assurance) -> Recorded:
    """A customer of a shop with an action that wants a yes, and one that is done at once."""
    both = shop(replace(BOOK, needs=needs), VISIT)
    flows = {**both.flows, "return": RETURN}
    actions = {**both.actions, "send": SENT_BACK}
    made = replace(both, version=f"both-{needs}", flows=flows, actions=actions)
    return Recorded(made, level=Assurance.AUTHENTICATED, proved=("email:robin@example.com",))


BEGIN = (
    "i want to visit the workshop",
    "i want to return my order",
    "where is my order 1042",
    "change my card",
)
TOLD = (
    "Robin",
    "my name is Kim",
    "Friday",
    "31 February",
    "change the day to Monday",
    "it is too big",
    "large",
    "1042",
    "I meant 1043, not 1042",
    "robin@example.com",
    "the other order",
)
ANSWERS = ("yes", "no", "yes please", "yes but on Monday", "no, Saturday", "maybe", "i don't know")
ASIDE = ("when are you open", "thanks", "hello", "how do i wash the shirt", "???", "hm", "bye")
LEAVE = ("never mind", "forget it")


class Conversation(RuleBasedStateMachine):
    """One customer who says anything."""

    talk: Recorded

    @initialize(needs=st.sampled_from((Assurance.NONE, Assurance.LOGGED_IN)))
    def begin(self, needs: Assurance) -> None:
        self.talk, self.needs = customer(needs), needs

    @rule(
        texts=st.lists(
            st.sampled_from((*BEGIN, *TOLD, *ANSWERS, *ANSWERS, *ASIDE)), min_size=1, max_size=2
        )
    )
    def say(self, texts: list[str]) -> None:
        self._say(*texts)

    @rule(begin=st.sampled_from(BEGIN[:2]), told=st.lists(st.sampled_from(TOLD), max_size=3))
    def go_through(self, begin: str, told: list[str]) -> None:
        for text in (begin, *told, "yes"):
            self._say(text)

    @rule(text=st.sampled_from(LEAVE))
    def leave(self, text: str) -> None:
        had = self.talk.case.flow is not None and not self.talk.in_handoff
        decision = self._say(text)
        if had and decision.escalation is None:
            assert decision.asked == ()
            assert self.talk.case.flow is None
            assert not any(one.stage == ASKED for one in self.talk.case.undertaken)

    @rule(outcome=st.sampled_from(("done", "refused", "failed")))
    def become(self, outcome: str) -> None:
        self.talk.outcome = outcome

    @rule()
    def hand_back(self) -> None:
        self.talk.in_handoff = False

    def _say(self, *texts: str) -> Decision:
        before, number = self.talk.case, len(self.talk.done)
        decision = self.talk.say(*texts)
        if decision.reply is not None and decision.escalation is None:
            assert decision.reply.text.count("?") <= 1, decision.reply.text
        at_hand = {one.name for one in decision.case.slots}
        assert not at_hand.intersection(decision.asked)
        for done in self.talk.done[number:]:
            self._check(done, before)
        assert len(self.talk.done) - number <= 1
        return decision

    def _check(self, done: Done, before: CaseState) -> None:
        assert not is_cancellation(done.text)
        if done.act.action == "book":
            assert self.needs <= self.talk.level
            asked = next((one for one in before.undertaken if one.flow == "visit"), None)
            assert asked is not None
            assert (asked.stage, asked.key) == (ASKED, done.act.key)
            assert agrees(done.text)

    @invariant()
    def a_key_is_one_request(self) -> None:
        """The same key never stands for other details, and what failed keeps its key."""
        known: dict[str, Mapping[str, str]] = {}
        for one in self.talk.done:
            assert known.setdefault(one.act.key, one.act.values) == one.act.values
        flows = [one.flow for one in self.talk.case.undertaken]
        assert len(flows) == len(set(flows))


Conversation.TestCase.settings = settings(
    max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
TestConversation = Conversation.TestCase
