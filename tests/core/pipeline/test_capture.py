"""Values told out of turn, corrected, in pieces or for another flow; and what holds of any text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.message import Assurance
from core.pipeline.state.expecting import expected_secret
from core.playbook.model import Playbook
from core.secrets import find_secrets
from core.turn import CaseState, SlotValue
from tests.core.pipeline.reading import playbook, slot, told
from tests.core.pipeline.shop import Talk

FIRM = slot("firm", "name", "company name")
CODE = slot("code", "order", "customer number", patterns=(r"\b\d{6}\b",))
DAY = slot("day", "date", "day of the visit")
HOUR = slot("hour", "time", "time of the visit")
AREA = slot("area", "choice", "part of town", choices=("North", "South", "West"))
MAIL = slot("mail", "email", "mail address")


def _held(name: str, value: str) -> SlotValue:
    return SlotValue(name, value, "1-1", "phone:+12025550100", Assurance.PROVED)


def test_a_few_words_out_of_turn_answer_another_question_of_the_flow() -> None:
    assert told("acme tools", playbook(CODE, FIRM), asking="code") == {"firm": "acme tools"}


@pytest.mark.parametrize(
    "text", ["so what happens then", "not that one", "ok then", "it is broken"]
)
def test_talk_out_of_turn_answers_nothing(text: str) -> None:
    assert told(text, playbook(CODE, FIRM), asking="code") == {}


@pytest.mark.parametrize("kind", ["date", "time"])
@pytest.mark.parametrize("text", ["Kim", "the name of my dog", "green"])
def test_what_has_no_time_in_it_is_no_day_and_no_hour(kind: str, text: str) -> None:
    assert told(text, playbook(slot("it", kind)), asking="it") == {}


def test_a_code_in_pieces_is_no_number_of_anything_else() -> None:
    business = playbook(slot("code", "order"), slot("people", "number", patterns=(r"\b\d\b",)))
    assert told("it is b 7 k 2 m 9", business, asking="code") == {"code": "b 7 k 2 m 9"}


def test_a_word_of_talk_before_a_number_is_no_code() -> None:
    parts = slot("part", "order", patterns=(r"\b[a-z]{2,}\s+\d{3}\b",))
    assert told("it was actually 705", playbook(parts)) == {}
    assert told("it was zx 705", playbook(parts)) == {"part": "zx 705"}


@pytest.mark.parametrize(
    "text",
    ["the north is too loud, try the West", "is there one in the West? the North was no good"],
)
def test_a_correction_is_what_stands_beside_what_it_corrects(text: str) -> None:
    assert told(text, playbook(AREA), held=(_held("area", "North"),)) == {"area": "West"}


def test_what_a_slot_is_called_announces_it_in_every_flow() -> None:
    business = playbook(FIRM, slot("ride", "order", "ride number"), flow=("firm",))
    assert told("my ride number is actually 705", business) == {"ride": "705"}


@pytest.mark.parametrize(
    ("text", "mail"),
    [("write to annaleegmailcom", "annaleegmailcom"), ("anna 65 gmail.com", "anna 65 gmail.com")],
)
def test_a_mail_address_without_its_signs_is_one_where_one_is_asked_for(
    text: str, mail: str
) -> None:
    assert told(text, playbook(MAIL), asking="mail") == {"mail": mail}


PIN = slot("pin", "secret", "PIN", secret="pin")


def _expected(business: Playbook, asked: str) -> str | None:
    case = CaseState(flow="all", asking=asked)
    return expected_secret(Talk(playbook=business).turn("hi"), case, business, (asked,))


def test_a_secret_that_a_flow_still_needs_is_looked_out_for_beside_words() -> None:
    kind = _expected(playbook(FIRM, PIN), "firm")
    assert find_secrets("4711", (), b"k", kind)[0] == "[pin removed]"
    assert find_secrets("I have 4711 of them", (), b"k", kind)[0] == "I have 4711 of them"


def test_a_number_that_was_asked_for_is_no_secret() -> None:
    assert _expected(playbook(CODE, PIN), "code") is None
    assert _expected(playbook(FIRM, CODE, PIN), "firm") is None


EVERY = playbook(
    slot("name", "name", "name"),
    slot("guest", "name", "guest's name"),
    slot("start", "choice", "pick-up place", choices=("Harbour", "Old Mill")),
    slot("goal", "choice", "drop-off place", choices=("Harbour", "Old Mill")),
    slot("first", "date", "start date"),
    slot("last", "date", "end date"),
    CODE,
    MAIL,
    FIRM,
    slot("sum", "money"),
    slot("story", "text"),
)
WORDS = st.sampled_from(
    "my name is Ada ben from to the Harbour old mill 5/14 3rd - until may 12 123456 705 hmm and "
    "ada@mail.example.com adagmailcom $40 , . ? ! 8pm I'm not it's actually either".split()
)
TEXTS = st.one_of(st.lists(WORDS, max_size=14).map(" ".join), st.text(max_size=60))


@settings(max_examples=80, deadline=None)
@given(TEXTS, st.sampled_from([None, *EVERY.slots]))
def test_whatever_is_read_stands_in_the_text_and_fills_one_slot(
    text: str, asking: str | None
) -> None:
    found = told(text, EVERY, asking=asking)
    assert all(value in text for value in found.values())
    shared = {"name", "guest"}, {"start", "goal"}
    for name, value in found.items():
        for other, again in found.items():
            # A phrase that is a choice of one slot may be another's value, too.
            choice = value.casefold() in ("harbour", "old mill")
            together = choice or any({name, other} <= both for both in shared)
            if name != other and value == again and not together:
                assert text.count(value) > 1


@pytest.mark.parametrize(
    "piece", ["from a ", "a to ", "my name ", "1 ", "a.", "12 - ", "gmail ", "a@"]
)
def test_a_long_text_of_one_piece_is_read_to_its_end(piece: str) -> None:
    told(piece * (2_000 // len(piece)), EVERY, asking="code")
