"""A turn whose memory could not be read says only what stands by itself, and is honest about it."""

from __future__ import annotations

from datetime import UTC, datetime

from core.effects import AskProof
from core.message import Assurance, Audience, Author, OutboundMessage
from core.pipeline.contracts import NeedEffect
from core.pipeline.without_memory import NO_MEMORY, WHY_PERSON, without_memory
from core.playbook.model import Hours, Playbook
from core.turn import (
    CONTEXT,
    CaseState,
    Decision,
    Escalation,
    Recall,
    Said,
    Sender,
    StageRecord,
    TurnInput,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def playbook(**answers: tuple[str, ...]) -> Playbook:
    return Playbook("p", "0", "Shop", "en", (), {}, {}, answers, (), (), Hours("UTC", {}))


def turn() -> TurnInput:
    said = Said("1-1", NOW, "sms", Author.CUSTOMER, "where is it?", 4, "phone:+1")
    sender = Sender("phone:+1", Assurance.AUTHENTICATED)
    return TurnInput(
        "1",
        NOW,
        "sms",
        Audience.ONE,
        sender,
        (said,),
        None,
        CaseState(),
        Recall(degraded=(CONTEXT,)),
    )


def decided(move: str, **changes: object) -> Decision:
    fields: dict[str, object] = {
        "reply": OutboundMessage("We are open until five."),
        "silent": None,
        "intent": "hours",
        "case": CaseState(flow="refund", asking="order"),
        "stages": (StageRecord("state", "1", {}, {"move": move}, 1),),
        "new_case": True,
        "close": "confirmed",
        "expecting": "code",
        **changes,
    }
    return Decision(**fields)  # type: ignore[arg-type]


def test_what_stands_by_itself_is_said_and_leaves_no_case() -> None:
    for given in (
        decided("answer"),
        decided("small_talk"),
        decided("unclear", sources=(("Hours", "https://shop.example/hours"),)),
    ):
        decision, person = without_memory(turn(), given, playbook())
        assert decision.reply == given.reply
        assert person is None
        assert decision.case == CaseState()
        assert (decision.new_case, decision.close, decision.expecting) == (False, None, None)


def test_what_leans_on_what_was_said_is_left_to_a_person() -> None:
    escalated = Escalation("wants_human", "general", "high", "They asked for a person.")
    for given in (
        decided("ask", asked=("order",)),
        decided("answer", asked=("order",)),
        decided("offer"),
        decided("unclear"),
        decided("answer", escalation=escalated),
        NeedEffect(AskProof("phone:+1")),
    ):
        decision, person = without_memory(turn(), given, playbook())
        assert decision.reply is not None
        assert "cannot see our earlier messages" in decision.reply.text
        assert person == WHY_PERSON
        assert decision.escalation is None and decision.asked == ()
        assert decision.case == CaseState()


def test_silence_stays_silence_and_a_person_looks() -> None:
    decision, person = without_memory(
        turn(), decided("silent", reply=None, silent="said enough"), playbook()
    )
    assert (decision.reply, decision.silent, person) == (None, "said enough", WHY_PERSON)


def test_a_playbook_may_word_it_itself() -> None:
    words = playbook(**{NO_MEMORY: ("Einen Moment bitte.",)})
    decision, _ = without_memory(turn(), decided("ask"), words)
    assert decision.reply == OutboundMessage("Einen Moment bitte.")
