"""Reading a playbook: what a good one becomes, and which rows each fault of a bad one makes."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.escalation import DEFAULT_RULES
from core.playbook import Playbook, Slot, Table
from core.playbook_reader import PLAYBOOK_FILES, PlaybookError, PlaybookProblem, read_playbook

Files = dict[str, str]
Row = tuple[str, str, str, str]

GOOD: Files = {
    "playbook.toml": """
name = "bakery"
business = "The Bakery"
timezone = "Europe/Paris"
hours = { mon = ["07:00-12:00", "14:00-18:00"], sat = ["20:00-02:00"] }
holidays = [2026-12-25]
protected_patterns = ['BK\\d{8}']
[settings]
fallback_limit = 4
""",
    "intents.toml": """
[order_status]
flow = "order_status"
examples = ["where is my cake", "is it ready", "order 12 please"]
[hello]
title = "a greeting"
small_talk = true
answer = "greeting"
examples = ["hello", "hi", "good morning"]
""",
    "slots.toml": """
[number]
kind = "order"
label = "order number"
patterns = ['\\b\\d{2}\\b']
remember = true
ask = "Which number, please?"
offer = ["Is it {value}?"]
[street]
kind = "text"
guest_only = true
ask = ["Which street?"]
""",
    "flows.toml": """
[order_status]
slots = ["number", "street"]
look_up = "cakes"
found = ["Cake {number} is {state}."]
missing = ["There is no cake {number}."]
""",
    "answers.toml": 'greeting = ["Bonjour!"]\nbig = ["A person decides."]\n',
    "rules.toml": """
[[rule]]
id = "big"
priority = 5
when = { any = [ { amount_gt = 100 }, { intent = "order_status", "slot.number" = "13" } ] }
then = { escalate = true, say = "big", urgency = "high" }
""",
    "tables.toml": """
[cakes]
key = ["number"]
show = ["state"]
owner = { phone = "phone" }
verify = ["street"]
""",
    "tables/cakes.csv": 'number,phone,street,state\n12,+33,"Rue A, 1",in the oven\n\n13,,,done\n',
    "articles/bread.md": '+++\ntitle = "Bread"\nurl = "https://bakery.example/bread"\n'
    'keywords = ["flour"]\nintents = ["order_status"]\n+++\n\nWe bake at 5:00.\n',
}


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
    return f"offers {word!r} as an answer, which a phone company takes as a command of its own"


BAD: tuple[tuple[str, str, str, Row], ...] = (
    (
        "playbook.toml",
        'name = "bakery"',
        "name = bakery",
        (
            "playbook.toml",
            "line 2, column 8",
            "is not valid TOML: invalid value",
            "Texts stand in quotes, tables in [brackets], and each key once",
        ),
    ),
    (
        "playbook.toml",
        "business =",
        "busines =",
        ("playbook.toml", "busines", "there is no such key", "Did you mean business?"),
    ),
    (
        "playbook.toml",
        "Europe/Paris",
        "Europe/Pariss",
        (
            "playbook.toml",
            "timezone",
            "there is no time zone 'Europe/Pariss'",
            "Write one like Europe/London",
        ),
    ),
    (
        "playbook.toml",
        "07:00-12:00",
        "7-12",
        (
            "playbook.toml",
            "hours.mon",
            "'7-12' is no span of time",
            'Write it like "09:00-17:30"',
        ),
    ),
    (
        "playbook.toml",
        "14:00-18:00",
        "11:00-18:00",
        (
            "playbook.toml",
            "hours.mon",
            "'11:00-18:00' begins before the span before it ends",
            "Write them in order",
        ),
    ),
    (
        "playbook.toml",
        "sat =",
        "saturday =",
        ("playbook.toml", "hours.saturday", "there is no such key", "Did you mean sat?"),
    ),
    (
        "playbook.toml",
        "[2026-12-25]",
        '["Christmas"]',
        (
            "playbook.toml",
            "holidays",
            "is not a list of days",
            "Write days like [2026-12-25], unquoted",
        ),
    ),
    (
        "playbook.toml",
        "fallback_limit = 4",
        "fallback_limit = 400",
        (
            "playbook.toml",
            "settings.fallback_limit",
            "is out of range",
            "Write a number from 0 to 20",
        ),
    ),
    (
        "playbook.toml",
        r"BK\d{8}",
        "BK(",
        (
            "playbook.toml",
            "protected_patterns",
            "'BK(' is no regular expression: missing ), unterminated subpattern",
            "Mend it; in single quotes a backslash needs no doubling",
        ),
    ),
    (
        "intents.toml",
        'flow = "order_status"',
        'flow = "order_statu"',
        (
            "intents.toml",
            "order_status.flow",
            "there is no flow 'order_statu'",
            "Did you mean order_status?",
        ),
    ),
    (
        "intents.toml",
        '"hello", "hi", ',
        "",
        (
            "intents.toml",
            "hello.examples",
            "has 1 of the 3 examples it needs",
            "Write more ways to say it; 10 or more make a good start",
        ),
    ),
    (
        "intents.toml",
        '"is it ready"',
        '"Hello!"',
        (
            "intents.toml",
            "hello.examples",
            "'hello' is an example of order_status too",
            "Keep it in one of the two",
        ),
    ),
    (
        "intents.toml",
        '"hi"',
        '"HELLO"',
        ("intents.toml", "hello.examples", "has 'HELLO' twice", "Keep one of them"),
    ),
    (
        "intents.toml",
        'title = "a greeting"',
        'title = "help"',
        ("intents.toml", "hello.title", offers("help"), CARRIER),
    ),
    (
        "slots.toml",
        'kind = "order"',
        'kind = "ordr"',
        ("slots.toml", "number.kind", "there is no kind 'ordr'", "Did you mean order?"),
    ),
    (
        "slots.toml",
        'ask = ["Which street?"]',
        "",
        ("slots.toml", "street.ask", "is missing", "Add it"),
    ),
    (
        "slots.toml",
        "Is it {value}?",
        "Is it that?",
        (
            "slots.toml",
            "number.offer",
            "'Is it that?' names no value",
            "Write {value} where the remembered value belongs",
        ),
    ),
    (
        "slots.toml",
        r"'\b\d{2}\b'",
        r"'\d*'",
        (
            "slots.toml",
            "number.patterns",
            r"'\\d*' matches nothing at all",
            r"Write what must be there, such as '\b\d{4}\b'",
        ),
    ),
    (
        "slots.toml",
        "guest_only = true",
        'guest_only = "yes"',
        (
            "slots.toml",
            "street.guest_only",
            "is neither true nor false",
            "Write true or false, without quotes",
        ),
    ),
    (
        "slots.toml",
        'kind = "text"',
        'kind = "choice"\nchoices = ["stop", "go"]',
        ("slots.toml", "street.choices", offers("stop"), CARRIER),
    ),
    (
        "slots.toml",
        'kind = "text"',
        'kind = "secret"',
        (
            "slots.toml",
            "street",
            "is a secret only by half",
            'Write kind = "secret" and secret = "pin" (or card, password, ...) together',
        ),
    ),
    (
        "flows.toml",
        '"number", "street"',
        '"number", "stret"',
        (
            "flows.toml",
            "order_status.slots",
            "there is no slot 'stret'",
            "Did you mean street?",
        ),
    ),
    (
        "flows.toml",
        "{state}",
        "{stat}",
        ("flows.toml", "order_status.found", "nothing fills {stat}", "Did you mean state?"),
    ),
    (
        "flows.toml",
        "Cake {number} is {state}.",
        "Do you want to change or cancel?",
        ("flows.toml", "order_status.found", offers("cancel"), CARRIER),
    ),
    (
        "answers.toml",
        "greeting",
        "greetng",
        ("answers.toml", "greetng", "is never said", "Did you mean greeting?"),
    ),
    (
        "answers.toml",
        "Bonjour!",
        "Bonjour {name}!",
        (
            "answers.toml",
            "greeting",
            "nothing fills {name}",
            "Nothing can be filled in here; write it out",
        ),
    ),
    (
        "rules.toml",
        "amount_gt",
        "amont_gt",
        ("rules.toml", "rule[big]", "the fact `amont` is not known", "Did you mean amount?"),
    ),
    (
        "rules.toml",
        "amount_gt = 100",
        'amount_gt = "much"',
        (
            "rules.toml",
            "rule[big]",
            "`amount_gt` needs a number",
            "What may follow a fact's name: _any_words, _missing, _regex, _exact, _not, _gte, "
            "_lte, _gt, _lt",
        ),
    ),
    (
        "rules.toml",
        '"slot.number"',
        '"slot.numbr"',
        ("rules.toml", "rule[big]", "there is no slot 'numbr'", "Did you mean number?"),
    ),
    (
        "rules.toml",
        'say = "big"',
        'say = "handoff_stuk"',
        (
            "rules.toml",
            "rule[big]",
            "there is no answer 'handoff_stuk'",
            "Did you mean handoff_stuck?",
        ),
    ),
    (
        "rules.toml",
        "escalate = true",
        "escalade = true",
        ("rules.toml", "rule[big]", "`then` has no 'escalade'", "Did you mean escalate?"),
    ),
    (
        "tables.toml",
        '["state"]',
        '["states"]',
        ("tables.toml", "cakes.show", "there is no column 'states'", "Did you mean state?"),
    ),
    (
        "tables.toml",
        'phone = "phone"',
        'phone = "telephone"',
        (
            "tables.toml",
            "cakes.owner.phone",
            "there is no kind of address 'telephone'",
            "Did you mean phone?",
        ),
    ),
    (
        "tables/cakes.csv",
        '"Rue A, 1"',
        "Rue A, 1",
        (
            "tables/cakes.csv",
            "line 2",
            "has 5 cells, not 4",
            "Put a text with a comma in quotes",
        ),
    ),
    (
        "articles/bread.md",
        "+++\n\nWe",
        "\n\nWe",
        (
            "articles/bread.md",
            "",
            "has no head",
            "Begin with title and url between two lines of +++",
        ),
    ),
    (
        "articles/bread.md",
        "https://bakery.example/bread",
        "/srv/bread.md",
        (
            "articles/bread.md",
            "url",
            "is no public link",
            "Write one like https://shop.example/help/returns",
        ),
    ),
    (
        "articles/bread.md",
        '"order_status"',
        '"order"',
        (
            "articles/bread.md",
            "intents",
            "there is no intent 'order'",
            "Did you mean order_status?",
        ),
    ),
)


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
        ("intents.toml", "is not valid TOML: expected ']' at the end of a table declaration"),
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
