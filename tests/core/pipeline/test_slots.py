"""Values found in what customers write, kept as told, each piece of text used once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.message import Assurance
from core.pipeline.reading.slots import capture
from core.playbook.model import Flow, Playbook, Slot
from core.turn import CaseState, SlotValue
from tests.core.pipeline.shop import SHOP, Talk


def _slot(name: str, kind: str, label: str = "", **more: object) -> Slot:
    return replace(Slot(name, kind, label or name, ask=("?",)), **more)  # type: ignore[arg-type] # a table of fields


def _playbook(*slots: Slot) -> Playbook:
    flow = Flow("all", tuple(one.name for one in slots), found=("Done.",))
    return replace(SHOP, slots={one.name: one for one in slots}, flows={"all": flow})


def _told(text: str, *slots: Slot, asking: str | None = None) -> dict[str, str]:
    playbook = _playbook(*slots)
    turn = Talk(playbook=playbook).turn(text)
    found = capture(turn, CaseState(flow="all"), playbook, asking)
    return {one.name: one.value for one in found}


ONE = [
    ("email", "write to robin@mail.example.com please", "robin@mail.example.com"),
    ("email", "robin at mail dot com", "robin at mail dot com"),
    ("phone", "call me on +1 202 555 0150", "+1 202 555 0150"),
    ("date", "tomorrow", "tomorrow"),
    ("date", "I was thinking of May 3", "May 3"),
    ("date", "Wednesday would be fine", "Wednesday"),
    ("date", "born on 04/04/1990", "04/04/1990"),
    ("date", "on the 22nd of June", "the 22nd of June"),
    ("time", "around 8 pm for two", "8 pm"),
    ("time", "at 19:30", "19:30"),
    ("money", "they charged me $1,100.50", "$1,100.50"),
    ("number", "for nine people", "nine"),
    ("number", "3", "3"),
    ("order", "a 3 f 6 h 8", "a 3 f 6 h 8"),
    ("order", "sure, it's hth 656", "hth 656"),
    ("order", "my number is 656", "656"),
    ("name", "My name is Ada Lovelace and I need help", "Ada Lovelace"),
    ("name", "ada lovelace", "ada lovelace"),
    ("name", "Hi, this is Robin.", "Robin"),
    ("name", "robin, 5789", "robin"),
    ("text", "it arrived broken", "it arrived broken"),
    ("yes_no", "yes please", "yes"),
    ("yes_no", "no, I do not", "no"),
]


@pytest.mark.parametrize(("kind", "text", "value"), ONE)
def test_an_asked_slot_takes_its_value_as_told(kind: str, text: str, value: str) -> None:
    assert _told(text, _slot("it", kind, "name" if kind == "name" else "it"), asking="it") == {
        "it": value
    }


NO_ANSWERS = (
    "hello",
    "thank you!",
    "yes",
    "no",
    "why do you need that?",
    "can I talk to a human",
    "I don't know",
    "never mind",
    "hold on",
)


@pytest.mark.parametrize("text", NO_ANSWERS)
@pytest.mark.parametrize("kind", ["text", "name", "order", "number", "choice", "date", "email"])
def test_what_is_no_answer_fills_nothing(text: str, kind: str) -> None:
    assert _told(text, _slot("it", kind), asking="it") == {}


def test_patterns_take_group_one_and_the_case_does_not_matter() -> None:
    slot = _slot("booking", "order", patterns=(r"\bref[: ]+([a-z]{3}\d{3})\b",))
    assert _told("my REF: HTH656 is it", slot) == {"booking": "HTH656"}


def test_choices_are_whole_words_in_any_case_and_the_longest_wins() -> None:
    slot = _slot("size", "choice", choices=("large", "extra large"))
    assert _told("EXTRA large please", slot) == {"size": "EXTRA large"}
    assert _told("enlarge it", slot) == {}


def test_cues_tell_two_slots_of_a_kind_apart() -> None:
    first = _slot("start", "date", cues=("from",))
    last = _slot("end", "date", cues=("until",))
    assert _told("until May 9, from May 3", first, last) == {"start": "May 3", "end": "May 9"}


def test_one_piece_of_text_fills_one_slot() -> None:
    told = _told("May 3", _slot("start", "date"), _slot("end", "date"))
    assert told == {"start": "May 3"}


def test_a_phrase_that_is_a_choice_of_both_fills_both() -> None:
    one = _slot("from", "choice", choices=("north",))
    two = _slot("to", "choice", choices=("north",))
    assert _told("north", one, two) == {"from": "north", "to": "north"}


def test_several_slots_in_one_message() -> None:
    told = _told(
        "I am Ben, ben@example.com, tomorrow at 8 pm",
        _slot("who", "name", "name"),
        _slot("mail", "email"),
        _slot("day", "date"),
        _slot("hour", "time"),
        asking="who",
    )
    assert told == {"who": "Ben", "mail": "ben@example.com", "day": "tomorrow", "hour": "8 pm"}


def test_a_correction_replaces_and_the_same_value_does_not_count() -> None:
    playbook = _playbook(_slot("day", "date"))
    old = SlotValue("day", "Monday", "m0", "h", Assurance.AUTHENTICATED)
    case = CaseState(flow="all", slots=(old,))
    talk = Talk(playbook=playbook)
    new = capture(talk.turn("sorry, make it Tuesday"), case, playbook, None)
    assert [one.value for one in new] == ["Tuesday"]
    assert capture(talk.turn("monday"), case, playbook, None) == ()


def test_a_marker_fills_the_secret_slot() -> None:
    playbook = _playbook(_slot("pin", "secret", secret="pin"))
    turn = Talk(playbook=playbook).turn("my pin is 1234")
    (value,) = capture(turn, CaseState(flow="all"), playbook, None)
    assert (value.value, value.secret) == ("provided", True)
    assert value.digest == turn.messages[0].secrets["pin"]


def test_a_slot_of_another_flow_is_filled_by_an_exact_shape_only() -> None:
    playbook = replace(
        _playbook(
            _slot("mail", "email"), _slot("day", "date"), _slot("who", "name", "guest's name")
        ),
        flows={},
    )
    turn = Talk(playbook=playbook).turn("Monday with Kim, ben@example.com")
    found = capture(turn, CaseState(), playbook, None)
    assert [(one.name, one.value) for one in found] == [("mail", "ben@example.com")]


def test_what_a_flow_also_takes_in_is_found_like_what_it_asks_for() -> None:
    playbook = _playbook(_slot("who", "name", "guest's name"), _slot("day", "date"))
    quiet = Flow("all", ("who",), found=("Done.",), also=("day",))
    told = {}
    for flow in (replace(quiet, also=()), quiet):
        asked = replace(playbook, flows={"all": flow})
        turn = Talk(playbook=asked).turn("on Monday would be fine")
        told[flow.also] = [one.value for one in capture(turn, CaseState(flow="all"), asked, "who")]
    assert told == {(): [], ("day",): ["on Monday"]}


def test_a_burst_is_read_message_by_message_with_its_sources() -> None:
    playbook = _playbook(_slot("day", "date"), _slot("hour", "time"))
    turn = Talk(playbook=playbook).turn("tomorrow", "at 8 pm")
    found = capture(turn, CaseState(flow="all"), playbook, "day")
    assert [(one.value, one.source) for one in found] == [("tomorrow", "m0.0"), ("8 pm", "m0.1")]


def test_a_name_asked_for_is_taken_whole() -> None:
    mine = _slot("name", "name", "name", choices=("john", "robin"))
    assert _told("oh i am jesse john", mine, asking="name") == {"name": "jesse john"}


def test_a_name_that_nobody_asked_for_fills_one_slot_only() -> None:
    slots = tuple(_slot(one, "name", one, choices=("robin",)) for one in ("guest", "host"))
    playbook = replace(_playbook(*slots), flows={"all": Flow("all", (), found=("Done.",))})
    turn = Talk(playbook=playbook).turn("a room for me and robin")
    found = capture(turn, CaseState(flow="all"), playbook, None)
    assert [(one.name, one.value) for one in found] == [("guest", "robin")]


ORDER = _slot("order", "order", "order number", patterns=(r"\b\d{4}\b",))
POSTCODE = _slot("postcode", "order", "postcode", patterns=(r"\b[A-Z]{2}\d\s?\d[A-Z]{2}\b",))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sorry, it is BS6 5QA", {"postcode": "BS6 5QA"}),
        ("START", {}),
        ("UNSTOP", {}),
        ("it is for 2 people, I live at 12a", {}),
        ("it has been 3 weeks", {}),
        ("1042", {"order": "1042"}),
        # Nothing but a code, though of another shape: the look-up will tell.
        ("it's 10425", {"order": "10425"}),
        ("sure, LL-77 please", {"order": "LL-77"}),
    ],
)
def test_a_slot_with_patterns_takes_what_they_match_or_a_code_that_is_the_whole_answer(
    text: str, told: dict[str, str]
) -> None:
    assert _told(text, ORDER, POSTCODE, asking="order") == told
    assert _told(text, ORDER, asking="order") == {k: v for k, v in told.items() if k == "order"}


@pytest.mark.parametrize(
    ("kind", "pattern", "text"),
    [
        ("phone", r"\+44\d{10}", "that was for order 104277"),
        ("number", r"\b\d{5}\b", "we are 4 people"),
        ("money", r"£\d+", "it was bought 3 weeks ago"),
        ("email", r"\w+@shop\.example", "see our shop.com page"),
    ],
)
def test_a_pattern_holds_for_every_kind_with_a_shape(kind: str, pattern: str, text: str) -> None:
    assert _told(text, _slot("it", kind, patterns=(pattern,)), asking="it") == {}


ADDRESS = _slot("address", "text", "new address", cues=("new address", "send it to"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 Elm Road, Bristol BS6 5QB", "3 Elm Road, Bristol BS6 5QB"),
        ("Sorry! Please send it to 3 Elm Road, Bristol BS6 5QB", "3 Elm Road, Bristol BS6 5QB"),
        ("my new address is 3 Elm Road,\nBristol BS6 5QB. Thanks", "3 Elm Road,\nBristol BS6 5QB"),
        ("oh well. the new address is 12a", "12a"),
    ],
)
def test_a_text_asked_for_is_taken_to_the_end_of_its_sentence(text: str, value: str) -> None:
    assert _told(text, ADDRESS, asking="address") == {"address": value}
    assert _told(text, ADDRESS).get("address") != "3"


def test_the_sentence_of_a_text_is_no_other_slots() -> None:
    told = _told("send it to 3 Elm Road, BS6 5QB", POSTCODE, ADDRESS, asking="address")
    assert told == {"address": "3 Elm Road, BS6 5QB"}
