"""What holds of the talk about who is writing, whatever is said and whatever comes of it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from core.effects import AskProof, MoveTo
from core.message import Assurance, Audience
from core.pipeline.contracts import NeedEffect
from core.pipeline.decide import decide
from tests.core.pipeline.shop import SHOP, Talk, stages

JANE, PHONE = "email:jane@example.com", "phone:+447700900142"
ADDRESSES, NAME = ("jane@example.com", "+447700900142"), "Jane"
MASKS = ("j…@e….com", "…0142")
TYPED = ("jane@example.com", "my number is 07700 900142", "it is Jane, jane@example.com")
CLAIMS = ("I wrote to you from jane@example.com", "my other number is +44 7700 900142")
OTHERS = (
    *("text me instead", "can you e-mail me that", "not me", "wrong number", "never mind", "no"),
    *("yes", "1", "2", "the second one", "0142", "123456", "it says 654 321", "hello", "thanks"),
    *("where is my order 1042", "book a visit", "tomorrow", "my name is Robin", "are you a bot?"),
    *("I want to talk to a person", "when are you open?", "this is ridiculous"),
)
GUARDED = replace(
    SHOP,
    region="GB",
    version="guarded-by-properties",
    flows={**SHOP.flows, "visit": replace(SHOP.flows["visit"], needs=Assurance.PROVED)},
)
OUTCOMES = st.fixed_dictionaries(
    {
        "ask-proof": st.sampled_from(("sent", "limited", "cannot")),
        "show-code": st.sampled_from(("proved", "wrong", "spent", "expired", "none", "cannot")),
        "disown": st.sampled_from(("parted", "nothing")),
        "move-to": st.sampled_from(("moved", "unproved", "which", "opted-out", "cannot")),
        "answer-at": st.sampled_from(("noted", "cannot")),
    }
)
WORDS = {"left": "2", "to": "…0142", "targets": f"{JANE} {PHONE}"}


def results(outcomes: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"outcome": one, **WORDS} for name, one in outcomes.items()}


def talk_at(level: Assurance, audience: Audience, outcomes: dict[str, str]) -> Talk:
    known = level >= Assurance.AUTHENTICATED
    return Talk(
        playbook=GUARDED,
        handle="login:robin" if known else "visitor:1",
        level=level,
        audience=audience,
        proved=("login:robin", JANE, PHONE) if known else (),
        results=results(outcomes),
    )


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(Assurance),
    st.sampled_from(Audience),
    OUTCOMES,
    st.lists(st.sampled_from((*TYPED, *CLAIMS, *OTHERS)), min_size=1, max_size=6),
)
def test_the_talk_never_tells_an_address_moves_a_counter_or_asks_for_what_was_only_typed(
    level: Assurance, audience: Audience, outcomes: dict[str, str], texts: list[str]
) -> None:
    talk = talk_at(level, audience, outcomes)
    named = False
    for text in texts:
        before, waits = talk.case, talk.case.proof is not None
        awaited = before.proof is not None and before.proof.stage == "code"
        named = named or NAME in text
        asked = len(talk.effects)
        decision = talk.say(text)
        words = decision.reply.text if decision.reply is not None else ""
        assert not any(one in words for one in ADDRESSES if one not in text)
        assert named or NAME not in words
        moves = [one.output["move"] for one in decision.stages if one.stage == "state"]
        # An address that nobody asked for, or that is typed while a code is awaited, is the flow's
        # to hear, and counts.
        heard = text in OTHERS or (text in TYPED and (awaited or not waits))
        if moves == ["identity"] and not heard and decision.escalation is None:
            assert dict(talk.case.counters) == dict(before.counters)
            assert talk.case.said == before.said
        new = talk.effects[asked:]
        if level < Assurance.AUTHENTICATED and not any(isinstance(one, MoveTo) for one in new):
            assert not any(one in words for one in MASKS) or text == "123456" or waits
        if audience is Audience.ROOM or (text in TYPED and not waits):
            assert not any(isinstance(one, AskProof | MoveTo) for one in new)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from((*CLAIMS, *OTHERS)), OUTCOMES)
def test_the_same_turn_is_always_decided_the_same(text: str, outcomes: dict[str, str]) -> None:
    talk = talk_at(Assurance.AUTHENTICATED, Audience.ONE, outcomes)
    talk.say("I wrote to you from jane@example.com")
    turn = talk.turn(text, expecting=talk.decisions[-1].expecting)
    first, second = (decide(turn, GUARDED, stages(), lambda: 0) for _ in range(2))
    assert first == second
    if isinstance(first, NeedEffect):
        result = talk.perform(first.effect)
        turn = replace(turn, effects={first.effect.id: result})
        assert decide(turn, GUARDED, stages(), lambda: 0) == decide(
            turn, GUARDED, stages(), lambda: 0
        )
