"""Reading a playbook: what a good one becomes, and which rows each fault of a bad one makes."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.escalation.rules import DEFAULT_RULES
from core.message import Assurance
from core.playbook.model import Playbook, Slot, Table
from core.playbook.reader import PLAYBOOK_FILES, PlaybookError, PlaybookProblem, read_playbook
from tests.core.playbook_faults import GOOD, Files, Row, faults


def problems(files: Files) -> list[Row]:
    with pytest.raises(PlaybookError) as raised:
        read_playbook(files)
    return [(one.file, one.key, one.wrong, one.mend) for one in raised.value.problems]


def changed(file: str, old: str, new: str) -> Files:
    assert old in GOOD[file]
    return GOOD | {file: GOOD[file].replace(old, new)}


def test_a_good_playbook_becomes_data() -> None:
    playbook = read_playbook(GOOD)
    assert playbook.hours.week[0] == ((time(7), time(12)), (time(14), time(18)))
    assert playbook.hours.week[5] == ((time(20), time(2)),)
    assert playbook.hours.holidays == (date(2026, 12, 25),)
    assert playbook.intents[0].title == "order status"
    assert playbook.slots["number"] == Slot(
        name="number",
        kind="order",
        label="order number",
        ask=("Which number, please?",),
        offer=("Is it {value}?",),
        patterns=(r"\b\d{2}\b",),
        remember=True,
    )
    assert playbook.tables["cakes"] == Table(
        name="cakes",
        key=("number",),
        show=("state",),
        owner={"phone": "phone"},
        verify=("street",),
        rows=(
            {"number": "12", "phone": "+33", "street": "Rue A, 1", "state": "in the oven"},
            {"number": "13", "phone": "", "street": "", "state": "done"},
        ),
    )
    assert playbook.articles[0].body == "We bake at 5:00."
    assert playbook.settings["fallback_limit"] == 4
    assert playbook.settings["repeat_limit"] == 2


def test_a_flow_and_a_slot_may_name_the_level_they_need() -> None:
    plain = read_playbook(GOOD)
    assert plain.flows["order_status"].needs is None
    assert plain.slots["street"].needs is Assurance.NONE
    flows = changed("flows.toml", "[order_status]", "[order_status]\nneeds = 0")
    slots = changed("slots.toml", "guest_only = true", "needs = 3")
    guarded = read_playbook({**flows, "slots.toml": slots["slots.toml"]})
    assert guarded.flows["order_status"].needs is Assurance.NONE
    assert guarded.slots["street"].needs is Assurance.PROVED


def test_own_rules_come_beside_the_built_in_ones() -> None:
    built_in = [rule.id for rule in DEFAULT_RULES]
    assert [rule.id for rule in read_playbook(GOOD).rules] == ["big", *built_in]
    replaced = changed("rules.toml", 'id = "big"', 'id = "legal"')
    rules = [rule.id for rule in read_playbook(replaced).rules]
    assert sorted(rules) == sorted(built_in)
    assert rules[0] == "legal"


def test_one_file_is_enough() -> None:
    playbook = read_playbook({"playbook.toml": 'name = "a"\nbusiness = "A"\n'})
    assert (playbook.intents, playbook.articles, playbook.rules) == ((), (), DEFAULT_RULES)
    assert playbook.hours.week == {}


CARRIER = (
    "Offer another word: one that answers it by SMS would be cut off or get an automatic reply"
)


def offers(word: str) -> str:
    return f"offers {word!r} as an answer, which is a command to phone companies"


BAD = tuple(faults())


@pytest.mark.parametrize(("file", "old", "new", "row"), BAD)
def test_a_fault_is_one_row_with_a_remedy(file: str, old: str, new: str, row: Row) -> None:
    assert row in problems(changed(file, old, new))


def test_the_rows_of_most_single_faults_stand_alone() -> None:
    alone = [case for case in BAD if problems(changed(*case[:3])) == [case[3]]]
    assert len(alone) >= len(BAD) - 7, [case[3] for case in BAD if case not in alone]


def test_all_faults_are_told_at_once() -> None:
    files = (
        changed("slots.toml", 'kind = "order"', 'kind = "ordr"')
        | {"intents.toml": "[a", "extra.toml": ""}
        | {"flows.toml": GOOD["flows.toml"].replace("{state}", "{stat}")}
    )
    assert {(file, wrong) for file, _, wrong, _ in problems(files)} == {
        ("extra.toml", "is read by nobody"),
        ("intents.toml", "is not valid TOML: a name in brackets is not ended"),
        ("slots.toml", "there is no kind 'ordr'"),
        ("flows.toml", "nothing fills {stat}"),
    }


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Do you want to change or cancel?", "cancel"),
        ("Cancel or keep it?", "Cancel"),
        ("Reply STOP to go on.", "STOP"),
        ("Please text us HELP for more.", "HELP"),
        ("Shall we go on / end?", "end"),
        ('Answer with "info" for the list.', "info"),
    ],
)
def test_carrier_words_are_never_offered(text: str, word: str) -> None:
    rows = problems(GOOD | {"answers.toml": f"greeting = ['{text}']\nbig = ['x']\n"})
    assert rows == [("answers.toml", "greeting", offers(word), CARRIER)]


@pytest.mark.parametrize(
    "text",
    [
        "An order can be changed or cancelled until it is packed.",
        "Can I help with anything else?",
        "You will find more info below.",
        "Would you like to stop by, or shall we send it?",
        "Yes or no?",
        "At the end of the week it is there.",
    ],
)
def test_the_same_words_in_a_sentence_are_fine(text: str) -> None:
    read_playbook(GOOD | {"answers.toml": f"greeting = ['{text}']\nbig = ['x']\n"})


def test_an_unread_file_is_not_missed_by_those_that_refer_to_it() -> None:
    files = {name: text for name, text in GOOD.items() if name != "slots.toml"}
    assert read_playbook(files, unread=["slots.toml"]).slots == {}
    assert {one[0] for one in problems(files)} == {"flows.toml", "rules.toml"}


def version(files: Files) -> str:
    playbook: Playbook = read_playbook(files)
    return playbook.version


def test_the_version_depends_on_contents_alone() -> None:
    assert version(dict(reversed(GOOD.items()))) == version(GOOD)
    assert version(GOOD | {"articles/bread.md": GOOD["articles/bread.md"] + " "}) != version(GOOD)


@given(st.sampled_from(sorted(GOOD)), st.text(max_size=60), st.integers(0, 400))
def test_any_damage_is_told_and_nothing_else_is_raised(file: str, junk: str, at: int) -> None:
    text = GOOD[file]
    found: tuple[PlaybookProblem, ...] = ()
    try:
        read_playbook(GOOD | {file: text[:at] + junk + text[at:]})
    except PlaybookError as error:
        found = error.problems or (PlaybookProblem("", "", "", ""),)
    assert all(one.file and one.wrong and one.mend for one in found)


@given(st.dictionaries(st.sampled_from(PLAYBOOK_FILES), st.text(max_size=80), min_size=1))
def test_no_text_makes_the_reader_fail(files: Files) -> None:
    with pytest.raises(PlaybookError):
        read_playbook(files)
