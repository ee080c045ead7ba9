"""The files with what a business says in further languages: read, checked, and put in force."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.answers.wording import in_language, variants
from core.hours import opening_words
from core.languages.speeches import SPEECHES
from core.playbook.fields import PlaybookError
from core.playbook.reader import read_playbook
from tests.core.playbook_faults import GOOD

PAGE = Path(__file__).parent.parent.parent / "docs" / "playbook.md"

GERMAN = """
[answers]
greeting = ["Guten Tag!"]
[slots.number]
label = "Bestellnummer"
ask = ["Welche Nummer?"]
offer = ["Ist es {value}?"]
[flows.order_status]
found = ["Kuchen {number} ist {state}."]
missing = ["Kuchen {number} gibt es nicht."]
[intents.order_status]
title = "einen Kuchen"
"""


def faults_of(text: str, name: str = "wording.de.toml") -> list[str]:
    """What is wrong with a good playbook that has this file beside."""
    with pytest.raises(PlaybookError) as raised:
        read_playbook({**GOOD, name: text})
    return [str(one) for one in raised.value.problems]


def test_a_wording_is_read_and_spoken() -> None:
    german = in_language(read_playbook({**GOOD, "wording.de.toml": GERMAN}), "de")
    assert german.language == "de"
    assert variants(german, "greeting")[0] == "Guten Tag!"
    assert german.slots["number"].ask == ("Welche Nummer?",)
    assert german.slots["number"].patterns == read_playbook(GOOD).slots["number"].patterns
    assert german.flows["order_status"].found == ("Kuchen {number} ist {state}.",)
    assert german.intents[0].title == "einen Kuchen"
    # A key of the business's own that it has no German words for stays as it is.
    assert variants(german, "big") == ("A person decides.",)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "[slots.numbr]\nask = 'Ja?'",
            "slots.numbr: there is no slot 'numbr'. Did you mean number",
        ),
        ("[flows.order_status]\nfound = 'Der {kuchen}.'", "nothing fills {kuchen}"),
        ("[answers]\ngreetin = 'Hallo'", "there is no answer 'greetin'. Did you mean greeting"),
        ("[intents.order]\ntitle = 'Kuchen'", "there is no intent 'order'"),
        ("[slots.number]\naks = 'Ja?'", "slots.number.aks: there is no such key. Did you mean ask"),
        ("[answers]\nnot_me = 'Hallo'", "is not understood as an objection"),
        ("[answers]\ngreeting = 'Antworten Sie: reply STOP'", "a command to phone companies"),
    ],
)
def test_what_is_wrong_with_it_is_told_with_a_remedy(text: str, fault: str) -> None:
    (told,) = faults_of(text)
    assert told.startswith("wording.de.toml")
    assert fault in told


def test_the_playbooks_own_language_has_no_such_file() -> None:
    (told,) = faults_of("", "wording.en.toml")
    assert "is of 'en', the playbook's own language" in told


def test_a_file_of_another_name_is_read_by_nobody() -> None:
    (told,) = faults_of("", "wording.german.toml")
    assert "is read by nobody" in told


def test_the_example_on_the_page_fits_its_small_playbook() -> None:
    page = PAGE.read_text(encoding="utf-8")
    small = page.partition("## A small playbook")[2].partition("\n## Intents")[0]
    files = dict(re.findall(r"^`([\w/.]+)`\n\n```(?:toml|text)\n(.*?)^```$", small, re.M | re.S))
    found = re.search(r"^`(wording\.de\.toml)`\n\n```toml\n(.*?)^```$", page, re.M | re.S)
    assert found is not None
    german = in_language(read_playbook({**files, found[1]: found[2]}), "de")
    assert german.slots["ticket"].label == "Ticketnummer"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "am Montag um 07:00"),
        ("fr", "lundi à 07:00"),
        ("es", "el lunes a las 07:00"),
        ("en", "on Monday at 07:00"),
    ],
)
def test_the_next_opening_is_told_in_each_language(language: str, words: str) -> None:
    hours = read_playbook(GOOD).hours
    wednesday = datetime(2026, 3, 4, 12, tzinfo=UTC)
    closed = replace(hours, week={0: hours.week[0]})
    assert opening_words(closed, wednesday, SPEECHES[language]) == words
