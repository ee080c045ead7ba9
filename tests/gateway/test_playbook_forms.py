"""A form changes the value that it names, and leaves the file as it is otherwise."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.demo.settings import PLAYBOOK
from gateway.playbook.folder import difference
from gateway.playbook.forms import CannotSet, set_value
from gateway.playbook.journal import put_in_place

ANSWERS = """# What we say, agreed with Ada.
greeting = [
  "Hello.",  # the short one
  "Good day.",
]

thanks = ["You are welcome."]  # never longer
"""
RULES = """[defaults]
queue = "general"

# Ask Ada before you touch this.
[[rule]]
id = "vip"
priority = 20  # early
when = { "customer.tier" = "gold" }
then = { escalate = true }

[[rule]]
id = "late"
priority = 90
when = { amount_gt = 500 }
then = { escalate = true }
"""
ARTICLE = """+++
title = "Prices"  # as on the web
url = "https://shop.example/prices"
+++

A service costs £45.
"""


def test_wording_that_is_added_leaves_every_comment() -> None:
    made = set_value("answers.toml", ANSWERS, ["greeting"], ["Hello.", "Hi there.", "Good day."])
    assert tomllib.loads(made)["greeting"] == ["Hello.", "Hi there.", "Good day."]
    for comment in ("# What we say, agreed with Ada.", "# the short one", "# never longer"):
        assert comment in made


def test_a_rule_is_found_by_its_id_and_switched_off() -> None:
    made = set_value("rules.toml", RULES, ["rule", "vip", "off"], True)
    made = set_value("rules.toml", made, ["rule", "vip", "priority"], 5)
    rules = tomllib.loads(made)["rule"]
    assert [(one["id"], one["priority"], one.get("off")) for one in rules] == [
        ("vip", 5, True),
        ("late", 90, None),
    ]
    assert "# Ask Ada before you touch this." in made
    made = set_value("rules.toml", made, ["rule", "vip", "off"], None)
    assert "off" not in made


def test_a_new_intent_is_a_table_of_its_own() -> None:
    made = set_value(
        "intents.toml", '[hours]\nexamples = ["open"]\n', ["returns", "examples"], ["x"]
    )
    assert tomllib.loads(made) == {"hours": {"examples": ["open"]}, "returns": {"examples": ["x"]}}
    assert "[returns]" in made


def test_an_article_has_a_head_and_a_body() -> None:
    made = set_value("articles/prices.md", ARTICLE, ["title"], "What it costs")
    made = set_value("articles/prices.md", made, ["body"], "A service costs £50.\n\n## More\n")
    assert made == ARTICLE.replace('"Prices"', '"What it costs"').replace(
        "A service costs £45.", "A service costs £50.\n\n## More"
    )


@pytest.mark.parametrize(
    ("file", "text", "path", "words"),
    [
        ("answers.toml", "greeting = [", ["greeting"], "fault"),
        ("rules.toml", RULES, ["rule", "none", "priority"], "no rule none"),
        ("articles/a.md", "no head", ["title"], "head"),
        ("flows.toml", "a = 1\n", ["a", "b"], "no a in this file"),
    ],
)
def test_what_cannot_be_set_is_said(file: str, text: str, path: list[str], words: str) -> None:
    with pytest.raises(CannotSet, match=words):
        set_value(file, text, path, 1)


TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=5)


@settings(max_examples=60)
@given(before=TEXTS, after=TEXTS, other=TEXTS)
def test_any_list_becomes_any_other_and_nothing_else_changes(
    before: list[str], after: list[str], other: list[str]
) -> None:
    text = set_value("answers.toml", "# kept\n", ["one"], before)
    text = set_value("answers.toml", text, ["two"], other)
    made = set_value("answers.toml", text, ["one"], after)
    assert tomllib.loads(made) == {"one": after, "two": other}
    assert "# kept" in made


@pytest.mark.parametrize("name", ["answers.toml", "intents.toml", "slots.toml"])
def test_every_list_of_the_demos_shop_takes_one_text_more(name: str) -> None:
    text = (PLAYBOOK / name).read_text(encoding="utf-8")
    read = tomllib.loads(text)
    paths = [[key] for key in read if isinstance(read[key], list)]
    paths += [
        [key, inner]
        for key, table in read.items()
        if isinstance(table, dict)
        for inner in table
        if isinstance(table[inner], list)
    ]
    for path in paths:
        here = read[path[0]] if len(path) == 1 else read[path[0]][path[1]]
        made = set_value(name, text, path, [*here, "one more"])
        comments = [line for line in text.splitlines() if line.startswith("#")]
        assert [line for line in made.splitlines() if line.startswith("#")] == comments


def test_a_change_is_written_whole_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text("a = ['b']\n", encoding="utf-8")
    (tmp_path / "slots.toml").write_text("", encoding="utf-8")
    before = {"answers.toml": "a = ['b']\n", "slots.toml": ""}
    after = {"answers.toml": "a = ['c']\n", "articles/new.md": "text"}
    put_in_place(tmp_path, before, difference(before, after))
    found = {
        one.relative_to(tmp_path).as_posix(): one.read_text(encoding="utf-8")
        for one in tmp_path.rglob("*")
        if one.is_file()
    }
    assert found == after


def test_where_one_file_cannot_be_written_none_is(tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text("old", encoding="utf-8")
    (tmp_path / "articles").write_text("in the way", encoding="utf-8")
    with pytest.raises(OSError, match="articles"):
        put_in_place(tmp_path, {}, {"answers.toml": "new", "articles/a.md": "text"})
    assert (tmp_path / "answers.toml").read_text(encoding="utf-8") == "old"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["answers.toml", "articles"]
