"""The two example businesses are in order, keep their own rules, and answer what they should."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache

import pytest

from core.escalation.fixtures import FLOW, NONE
from gateway.playbook.reader import load_fixtures
from gateway.playbook.rules_fixture import Played, play
from tests.examples.businesses import NAMES, folder, playbook_of, stages_of
from tests.structure.files import ROOT

QUESTIONS = ROOT / "benchmarks" / "knowledge"

# Each learns an intent model of its own.
pytestmark = pytest.mark.timeout(120)


@cache
def played(name: str) -> tuple[Played, ...]:
    playbook, stages = playbook_of(name), stages_of(name)
    return tuple(play(one, playbook, stages) for one in load_fixtures(folder(name), playbook))


@pytest.mark.parametrize("name", NAMES)
def test_every_test_of_the_rules_comes_out_as_the_business_expects(name: str) -> None:
    wrong = {one.fixture.name: (one.wrong, one.outcome.reply) for one in played(name) if one.wrong}
    assert wrong == {}


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_of_the_business_has_a_test(name: str) -> None:
    fixtures = [one.fixture for one in played(name)]
    tested = {one.rule for one in fixtures} | {each for one in fixtures for each in one.holds}
    counted = {
        one.id for one in playbook_of(name).rules if "counters.contacts_7d_gte" in one.when
    }  # a test's customer has no week behind them
    assert {one.id for one in playbook_of(name).rules} - tested <= counted
    assert {NONE, FLOW} <= tested


@pytest.mark.parametrize("name", NAMES)
def test_the_business_is_whole(name: str) -> None:
    playbook = playbook_of(name)
    asking = [one for one in playbook.intents if not one.small_talk]
    assert min(len(one.examples) for one in asking) >= 10
    assert 25 <= len(playbook.articles) <= 40
    assert {one.url.split("/")[2] for one in playbook.articles} <= set(playbook.limits.domains)
    assert min(len(one.ask) for one in playbook.slots.values()) >= 6
    assert any(one.needs is not None for one in playbook.flows.values())
    assert playbook.hours.week


def questions(name: str) -> Iterator[tuple[str, str]]:
    for path in sorted(QUESTIONS.glob(f"{name}-*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            yield from ((row["article"], row["question"]) for row in csv.DictReader(file))


@pytest.mark.parametrize("name", NAMES)
def test_the_questions_name_articles_that_there_are_and_are_no_examples(name: str) -> None:
    playbook = playbook_of(name)
    known = {one.name for one in playbook.articles}
    taught = {_plain(text) for one in playbook.intents for text in one.examples}
    rows = list(questions(name))
    assert len(rows) >= 80
    assert {article for article, _ in rows} - {"-"} <= known
    assert 0.3 <= sum(article == "-" for article, _ in rows) / len(rows) <= 0.37
    assert [text for _, text in rows if _plain(text) in taught] == []


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
