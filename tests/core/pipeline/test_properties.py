"""What must hold in any talk whatever the customer writes, and on any channel."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.answers.sentences import digests
from core.message import Assurance, Audience
from core.turn import Fact
from tests.core.pipeline.shop import INTENTS, NOW, Talk

PHRASES = (
    *(text for intent in INTENTS for text in intent.examples),
    "1042",
    "order 1043 please",
    "robin@example.com",
    "my name is Robin",
    "Kim",
    "tomorrow",
    "next Friday at 3 pm",
    "large",
    "4111 1111 1111 1111",
    "yes",
    "no",
    "ok",
    "I don't know",
    "never mind",
    "what?",
    "why do you need that?",
    "this is ridiculous",
    "really annoying!",
    "are you a bot?",
    "{order_id} {status}",
    "does the moon have a dryer?",
    "it does not fit me well",
)
texts = st.one_of(st.sampled_from(PHRASES), st.text(max_size=40))
talks = st.lists(st.lists(texts, min_size=1, max_size=2), min_size=1, max_size=12)
REMEMBERED = Fact("order_id", "1042", "m9", "phone:+1", Assurance.AUTHENTICATED, NOW)
OWNER = ("email:robin@example.com",)

many = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _play(talk: Talk, turns: Sequence[Sequence[str]]) -> None:
    for texts_of_turn in turns:
        talk.say(*texts_of_turn)


@many
@given(talks, st.booleans(), st.sampled_from(["sms", "webchat"]))
def test_no_slot_at_hand_is_asked_for(
    turns: Sequence[Sequence[str]], owner: bool, channel: str
) -> None:
    talk = Talk(proved=OWNER if owner else (), facts=(REMEMBERED,), channel=channel)
    for texts_of_turn in turns:
        decision = talk.say(*texts_of_turn)
        assert not {one.name for one in decision.case.slots} & set(decision.asked)
        assert len(decision.asked) <= 1


@many
@given(talks, st.sampled_from(["sms", "webchat"]))
def test_no_sentence_is_said_twice_in_a_case(turns: Sequence[Sequence[str]], channel: str) -> None:
    talk = Talk(channel=channel)
    said: set[str] = set()
    for texts_of_turn in turns:
        decision = talk.say(*texts_of_turn)
        mine = digests(decision.reply.text) if decision.reply is not None else ()
        assert not said.intersection(mine)
        assert len(set(mine)) == len(mine)
        said = set() if decision.close is not None else said.union(mine)


@many
@given(talks)
def test_every_turn_speaks_or_says_why_not(turns: Sequence[Sequence[str]]) -> None:
    talk = Talk(channel="sms")
    for texts_of_turn in turns:
        before = talk.in_handoff
        decision = talk.say(*texts_of_turn)
        assert (decision.reply is None) != (decision.silent is None)
        assert (decision.reply is None) == before
        if decision.reply is not None:
            assert decision.reply.text.strip()
            assert len(decision.reply.text) <= 300
            # The customer's own words may be read back, a slot's name may not.
            assert "order_id" not in decision.reply.text.replace("order_id} {status}", "")


@many
@given(talks)
def test_the_same_talk_is_decided_the_same_way(turns: Sequence[Sequence[str]]) -> None:
    first, second = Talk(), Talk()
    _play(first, turns)
    _play(second, turns)
    assert first.decisions == second.decisions


@many
@given(talks)
def test_where_others_read_along_nothing_of_an_order_is_told(
    turns: Sequence[Sequence[str]],
) -> None:
    talk = Talk(audience=Audience.ROOM, proved=OWNER, facts=(REMEMBERED,))
    for texts_of_turn in turns:
        decision = talk.say(*texts_of_turn)
        if decision.reply is not None:
            assert "on its way" not in decision.reply.text


@many
@given(talks)
def test_a_secret_is_never_in_a_case_or_a_reply(turns: Sequence[Sequence[str]]) -> None:
    talk = Talk()
    _play(talk, [["change my card"], *turns, ["4111 1111 1111 1111"]])
    assert "4111 1111" not in repr(talk.decisions)
