"""Hints name what is allowed in a playbook and could be better; differences are told in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.playbook.changes import changes
from core.playbook.fields import PlaybookError
from core.playbook.hints import hints
from core.playbook.model import Article, Playbook
from core.playbook.reader import read_playbook

FILES = {
    "playbook.toml": 'name = "s"\nbusiness = "S"\nhours = { mon = ["09:00-17:00"] }\n',
    "intents.toml": """
[status]
flow = "status"
examples = ["where is my order", "is it here yet", "what about my parcel", "any news on it",
  "has it left", "when does it arrive", "my thing is late", "track the parcel"]
[returns]
examples = ["send it back", "I do not want it", "return the lamp", "it does not fit",
  "how do returns work", "wrong colour", "take it back please", "exchange my chair"]
""",
    "flows.toml": '[status]\nslots = ["order"]\nfound = ["It is {order}."]\n',
    "slots.toml": '[order]\nkind = "order"\nask = ["Which one?"]\n',
    "answers.toml": 'greeting = ["a", "b", "c", "d"]\n',
    "rules.toml": """
[[rule]]
id = "large"
priority = 5
when = { amount_gt = 500 }
then = { escalate = true }
""",
    "articles/back.md": """+++
title = "Returns"
url = "https://s.example/back"
intents = ["returns"]
+++

Send it back.
""",
}


def book(**more: str) -> Playbook:
    """The shop with text added to files, named without their ending."""
    added = {f"{name}.toml": FILES.get(f"{name}.toml", "") + text for name, text in more.items()}
    return read_playbook({**FILES, **added})


RULE = '[[rule]]\nid = "late"\npriority = {}\nwhen = {{ {} }}\nthen = {{ escalate = true }}\n'


@pytest.mark.parametrize(
    ("more", "hint"),
    [
        (
            {"intents": '[few]\nanswer = "greeting"\nexamples = ["a b", "c d", "e f"]\n'},
            "few has 3 examples",
        ),
        (
            {
                "intents": '[near]\nanswer = "greeting"\nexamples = ["where is my order now", '
                '"b c", "d e", "f g", "h i", "j k", "l m", "n o"]'
            },
            "status and near are hard to tell apart: 'where is my order' and",
        ),
        ({"slots": '[lost]\nkind = "text"\nask = ["What?"]\n'}, "slot lost is asked by no flow"),
        ({"flows": '[lost]\nslots = ["order"]\nfound = ["Yes."]\n'}, "flow lost is begun by no"),
        ({"answers": 'thanks = ["You are welcome."]\n'}, "thanks has 1 variants"),
        (
            {"rules": RULE.format(9, "amount_gt = 500, intent = 'returns'")},
            "rule late never decides: large comes first",
        ),
    ],
)
def test_what_could_be_better_is_told(more: dict[str, str], hint: str) -> None:
    assert any(one.startswith(hint) for one in hints(book(**more))), hints(book(**more))


def test_a_playbook_that_is_well_written_gets_no_hint() -> None:
    assert hints(book()) == ()


@pytest.mark.parametrize(
    "more",
    [
        {"rules": RULE.format(9, "amount_gt = 900, channel = 'sms'")},
        {"rules": RULE.format(1, "amount_gt = 500, intent = 'returns'")},
        {
            "rules": RULE.format(9, '"slot.extra_missing" = true'),
            "slots": '[extra]\nkind = "text"\nask = ["What?"]\n',
        },
        {"slots": '[kept]\nkind = "name"\nask = ["Who?"]\nremember = true\n'},
    ],
)
def test_what_has_a_use_is_not_complained_of(more: dict[str, str]) -> None:
    assert hints(book(**more)) == ()


def test_articles_that_only_their_words_find_are_told() -> None:
    bare = Article("bare", "Bare", "https://s.example/bare", "Words.")
    found = hints(replace(book(), articles=(bare,)))
    assert found == (
        "article bare has no keywords and no intents; its words alone find it",
        "no article names returns: what is said there is found by its words alone",
    )


def test_a_rule_that_is_off_decides_nothing_and_a_built_in_one_comes_back() -> None:
    off = (
        '[[rule]]\nid = "{}"\noff = true\npriority = 9\n'
        'when = {{ text = "x" }}\nthen = {{ tag = ["a"] }}\n'
    )
    ids = {one.id for one in book(rules=off.format("late") + off.format("legal")).rules}
    assert "late" not in ids
    (legal,) = [one for one in book(rules=off.format("legal")).rules if one.id == "legal"]
    assert legal in book().rules
    with pytest.raises(PlaybookError, match="priority"):
        book(rules='[[rule]]\nid = "late"\noff = true\n')


def test_many_examples_are_looked_through_quickly() -> None:
    base = book()
    many = tuple(
        replace(
            base.intents[0], name=f"i{n}", examples=tuple(f"w{n} x{m} y{n + m}" for m in range(80))
        )
        for n in range(120)
    )
    assert not any("hard to tell" in one for one in hints(replace(base, intents=many)))


def test_every_difference_is_told_by_its_name() -> None:
    before = book()
    after = book(
        intents='[new]\nanswer = "greeting"\nexamples = ["a b", "c d", "e f"]\n',
        answers='thanks = ["Thank you."]\n',
        rules=RULE.format(9, "intent = 'returns'"),
    )
    assert changes(before, after) == (
        "Intent new: added",
        "Answer thanks: added",
        "Rule late: added",
    )
    assert changes(after, before)[0] == "Intent new: removed"
    assert changes(before, before) == ()


def test_a_difference_says_how_much_is_otherwise() -> None:
    before = book()
    first = before.intents[0]
    after = replace(
        before,
        business="Shop",
        intents=(replace(first, examples=(*first.examples[1:], "new one")), before.intents[1]),
        answers={"greeting": ("a", "b", "c")},
        rules=tuple(replace(one, priority=7) if one.id == "large" else one for one in before.rules),
        settings={**before.settings, "article_threshold": 0.75},
        articles=(replace(before.articles[0], body="Send it back soon."),),
    )
    assert changes(before, after) == (
        "Intent status: examples changed (1 new, 1 gone)",
        "Answer greeting: wording changed (1 gone)",
        "Article back: its text changed",
        "Rule large: priority 5 is now 7",
        f"Setting article_threshold: {before.settings['article_threshold']:g} is now 0.75",
        "Business: S is now Shop",
    )
