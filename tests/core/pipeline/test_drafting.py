"""When a model may word an answer, which part of it, and what becomes of what it gave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.identity.rules import DEFAULT_RULES
from core.message import Assurance, Audience, Author, Sensitivity
from core.pipeline.contracts import Compose, Draft, NeedEffect, Stages, StateStep
from core.pipeline.decide import decide
from core.pipeline.model.drafting import ANSWERS, Parts, parts_of
from core.pipeline.model.worded import Unfit, Wording
from core.playbook.model import FREE, GUIDED, ModeRow, Playbook
from core.turn import Decision, Recall, Said, TurnInput
from tests.core.pipeline.shop import NOW, SHOP, Talk, stages

QUESTION = "how do I wash the shirt"
GOOD = "Please wash the shirt at 30 degrees."
LINK = "https://shop.example/washing"
FREELY = replace(SHOP, modes=(ModeRow(FREE),))


def asked_of(
    talk: Talk, text: str, playbook: Playbook = FREELY, stage: Stages | None = None
) -> Compose | None:
    """What a model would be asked to word in the talk's next turn."""
    turn = replace(talk.turn(text), model=frozenset((ANSWERS,)))
    found = decide(turn, playbook, stage or stages(), lambda: 0)
    if isinstance(found, NeedEffect) and isinstance(found.effect, Compose):
        return found.effect
    return None


def decided(result: Mapping[str, str] | None, talk: Talk | None = None) -> Decision:
    """The decision when a model gave that."""
    turn = replace((talk or Talk()).turn(QUESTION), model=frozenset((ANSWERS,)))
    need = decide(turn, FREELY, stages(), lambda: 0)
    assert isinstance(need, NeedEffect)
    turn = replace(turn, effects={need.effect.id: result})
    found = decide(turn, FREELY, stages(), lambda: 0)
    assert isinstance(found, Decision)
    return found


def text_of(decision: Decision) -> str:
    """What is said."""
    assert decision.reply is not None
    return decision.reply.text


def test_an_article_and_an_own_answer_may_be_worded() -> None:
    article = asked_of(Talk(), QUESTION)
    assert article is not None
    assert article.sources[0].startswith("How to wash our shirts: Wash the shirt at 30 degrees.")
    assert LINK not in article.body
    assert asked_of(Talk(), "when are you open") is not None


@pytest.mark.parametrize(
    ("talk", "text"),
    [
        (Talk(), "hello"),
        (Talk(), "where is my order 1042"),
        (Talk(), "I want to talk to a human"),
        (Talk(), "I want to kill myself, how do I wash the shirt"),
        (Talk(), "are you a bot? how do I wash the shirt"),
        (Talk(), "what is the meaning of tangerines"),
        (Talk(in_handoff=True), QUESTION),
    ],
)
def test_nothing_else_is(talk: Talk, text: str) -> None:
    assert asked_of(talk, text) is None


def test_only_where_the_playbook_says_free_and_a_model_is_there() -> None:
    by_mail = replace(SHOP, modes=(ModeRow(FREE, channels=("email",)), ModeRow(GUIDED)))
    assert asked_of(Talk(), QUESTION, SHOP) is None
    assert asked_of(Talk(), QUESTION, by_mail) is None
    assert asked_of(Talk(channel="email"), QUESTION, by_mail) is not None
    found = decide(Talk().turn(QUESTION), FREELY, stages(), lambda: 0)
    assert isinstance(found, Decision)


def test_what_is_known_goes_along_only_where_it_may_be_read() -> None:
    level = Assurance.AUTHENTICATED
    narrow = replace(DEFAULT_RULES, disclosure={"webchat": Sensitivity.GENERAL.value})
    for talk, may in (
        (Talk(level=level), True),
        (Talk(level=level, audience=Audience.ROOM), False),
        (Talk(level=level, audience=Audience.ROOM, private_reply=True), True),
        (Talk(level=level, rules=narrow), False),
    ):
        asked = asked_of(talk, QUESTION)
        assert asked is not None
        assert asked.remembered is may


def test_what_was_let_through_takes_the_place_of_the_draft_and_nothing_else_does() -> None:
    plain = text_of(Talk(playbook=FREELY).say(QUESTION))
    good = decided({"outcome": "composed", "text": GOOD})
    assert text_of(good).startswith(GOOD)
    assert text_of(good).endswith(LINK)
    assert good.sources == ((SHOP.articles[0].title, LINK),)
    assert good.held is None
    results: tuple[Mapping[str, str] | None, ...] = (
        None,
        {},
        {"outcome": "failed", "trouble": "timeout"},
        {"outcome": "budget", "trouble": "day"},
        {"outcome": "refused", "rule": "name", "what": "kim", "text": "Kim has it."},
        # Whatever a record says was let through: the rules decide anew.
        {"outcome": "composed", "text": "It costs 99 euros at https://evil.example."},
        {"outcome": "composed", "text": "We guarantee that it gets clean."},
    )
    for result in results:
        found = decided(result)
        assert text_of(found) == plain, result
        assert found.case.said == decided(None).case.said
    held = decided(results[4]).held
    assert held is not None
    assert (held.rules, held.text) == ((("name", "kim"),), "Kim has it.")
    held = decided(results[5]).held
    assert held is not None
    assert held.done == "replaced"


def test_what_a_model_said_is_no_source_for_it() -> None:
    text = "Wash the shirt with 77 grams of Zorgon."
    assert "Zorgon" not in text_of(decided({"outcome": "composed", "text": text}))


def test_the_question_of_a_flow_stays_as_it_is() -> None:
    draft = Draft("Noted, a small one. What is your name? As on the card.", "ask:name", ("name",))
    parts = parts_of(draft)
    assert parts == Parts("", "Noted, a small one.", " What is your name? As on the card.")
    silent = parts_of(Draft("Please tell me your name.", "ask:name", ("name",)))
    assert silent.body == "", "what is asked without a mark cannot be told from the rest"


def test_a_mail_begins_and_ends_as_it_did() -> None:
    mail = "Hello Ada,\n\nWe are open. Do come.\n\nKind regards, Shirts"
    parts = parts_of(Draft(mail, "opening"))
    assert parts == Parts("Hello Ada,\n\n", "We are open. Do come.", "\n\nKind regards, Shirts")
    asks = parts_of(Draft("Noted.\n\nWhich size? Large?\n\nBest wishes, Shirts", "ask:x", ("x",)))
    assert asks == Parts("", "Noted.", "\n\nWhich size? Large?\n\nBest wishes, Shirts")
    linked = parts_of(Draft(f"We wash.\n\n{LINK}", "article:x", (), (("T", LINK),)))
    assert linked == Parts("", "We wash.", f"\n\n{LINK}")


pieces = st.lists(
    st.sampled_from(
        [
            "Dear Ada,\n\n",
            "\n\nYours, us",
            "We are open. ",
            "Is it late? ",
            f"More: {LINK}",
            "\n",
            "A. B. ",
            "ok",
        ]
    ),
    max_size=6,
).map("".join)


@settings(max_examples=60, deadline=None)
@given(pieces, st.booleans())
def test_no_character_of_a_draft_is_lost_or_doubled(text: str, asks: bool) -> None:
    draft = Draft(text, "article:x", ("name",) if asks else (), (("Title", LINK),))
    parts = parts_of(draft)
    assert parts.lead + parts.body + parts.tail == text
    assert "?" not in parts.body
    assert LINK not in parts.body


def wording(change: Callable[[TurnInput], TurnInput] = lambda turn: turn) -> Wording:
    """Who judges words for the answer on washing."""
    talk = Talk()
    asked = asked_of(talk, QUESTION)
    assert asked is not None
    return Wording(change(talk.turn(QUESTION)), asked, FREELY)


def test_a_sentence_is_said_once_and_the_whole_has_a_limit_and_an_end() -> None:
    judge = wording()
    assert judge.fault(GOOD) is None
    assert judge.fault(GOOD) == (Unfit.REPEATED.value, GOOD)
    assert judge.fault_of_all(f"{GOOD} Do not put it in the dryer.") is None
    assert judge.fault_of_all(GOOD) == (Unfit.OMITTED.value, GOOD)
    assert judge.fault_of_all("Wash it at 30 degrees and") == (
        Unfit.UNFINISHED.value,
        "Wash it at 30 degrees and",
    )
    long = judge.fault_of_all("Wash it. " * 200)
    assert long is not None
    assert long[0] == Unfit.LONG.value


def test_no_markup_no_pictures_and_nothing_unseen() -> None:
    for sentence in (
        "Wash the **shirt** at 30 degrees.",
        "- Wash the shirt at 30 degrees.",
        "Wash the shirt at 30 degrees \N{T-SHIRT}.",
        "Wash the shirt\u202e at 30 degrees.",
        "Wash <b>the shirt</b> at 30 degrees.",
    ):
        assert wording().fault(sentence) == (Unfit.MARKUP.value, sentence)
    assert wording().fault("Wash the shirt at 30\N{NO-BREAK SPACE}degrees, for it’s wool.") is None


def test_what_was_said_before_in_the_case_is_not_said_again() -> None:
    talk = Talk(playbook=FREELY)
    talk.hear(QUESTION)
    asked = asked_of(talk, "how do I iron the shirt")
    assert asked is not None
    said = Wording(talk.turn(QUESTION), asked, FREELY)
    found = said.fault("Do not put it in the dryer.")
    assert found is not None
    assert found[0] == Unfit.REPEATED.value


def test_what_they_told_before_is_spoken_of_where_it_may_be() -> None:
    old = Said("m9", NOW, "email", Author.CUSTOMER, "the collar came torn", 4, "phone:+1")
    sorry = "I am sorry that the collar came torn."

    def knows(turn: TurnInput) -> TurnInput:
        return replace(turn, recall=Recall(exchanges=(old,)))

    assert wording(knows).fault(sorry) is None
    assert wording().fault(sorry) is not None
    room = asked_of(Talk(audience=Audience.ROOM), QUESTION)
    assert room is not None
    turn = knows(Talk().turn(QUESTION))
    assert Wording(turn, room, FREELY).fault(sorry) is not None


def test_a_stage_of_ones_own_that_fails_over_the_new_words_leaves_the_draft() -> None:
    usual = stages()
    calls: list[int] = []

    def rules(*given: object) -> object:
        calls.append(1)
        if len(calls) > 1:
            raise ValueError("only once")
        return usual.rules(*given)  # type: ignore[arg-type]

    own = replace(usual, rules=rules, usual=usual)  # type: ignore[arg-type]
    turn = replace(Talk().turn(QUESTION), model=frozenset((ANSWERS,)))
    need = decide(turn, FREELY, own, lambda: 0)
    assert isinstance(need, NeedEffect)
    calls.clear()
    turn = replace(turn, effects={need.effect.id: {"outcome": "composed", "text": GOOD}})
    found = decide(turn, FREELY, own, lambda: 0)
    assert isinstance(found, Decision)
    assert text_of(found) == text_of(Talk(playbook=FREELY).say(QUESTION))


def test_a_step_of_identity_is_never_worded() -> None:
    told: list[StateStep] = []
    usual = stages()

    def state(turn: TurnInput, guess: object, playbook: Playbook) -> StateStep:
        step = usual.state(turn, guess, playbook)  # type: ignore[arg-type]
        told.append(step)
        return replace(step, move="identity")

    assert asked_of(Talk(), QUESTION, stage=replace(usual, state=state)) is None
    assert told
