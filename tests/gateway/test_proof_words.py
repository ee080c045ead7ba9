"""What a code and the notices about it say: the playbook's words, and never less than they must."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.answers.notices import HOLDS
from core.pipeline.reading.identity_phrases import is_not_me
from core.playbook.model import Playbook
from core.playbook.reader import read_playbook
from gateway.identity.proof_words import code_message, hidden, joined_message, shown_message
from tests.core.playbook_faults import GOOD

LIFE = timedelta(minutes=10)
GERMAN = """
code_message = ["{business}: Ihr Code ist {code}, gültig {minutes} Minuten. Nicht Sie? Antworten Sie {not_me}."]
code_link = ["Oder hier: {link}"]
joined_notice = ["{asker} und {target} gehören nun zusammen. Nicht Sie? Antworten Sie {not_me}."]
parted_notice = ["{handle} gehört nicht mehr dazu."]
link_shown = ["Danke, {target} kennen wir nun."]
link_refused = ["Dieser Link gilt nicht mehr."]
not_me = ["NICHT ICH"]
"""  # noqa: E501 - as a playbook has them


@pytest.fixture
def german() -> Playbook:
    return read_playbook(GOOD | {"answers.toml": GOOD["answers.toml"] + GERMAN})


def test_a_playbook_words_codes_and_notices_in_its_own_language(german: Playbook) -> None:
    told = code_message(german, "123456", LIFE, "https://shop.example/#p")
    assert told.text == (
        "The Bakery: Ihr Code ist 123456, gültig 10 Minuten. Nicht Sie? Antworten Sie NICHT ICH."
        " Oder hier: https://shop.example/#p"
    )
    joined = joined_message(german, "phone:+447700900142", "email:ada@shop.example")
    assert "…0142 und " in joined.text
    assert [is_not_me(one.value) for one in (*told.quick_replies, *joined.quick_replies)] == [
        True,
        True,
    ]
    assert shown_message(german, "phone:+447700900142").text == "Danke, …0142 kennen wir nun."


@pytest.mark.parametrize("missing", HOLDS["code_message"])
def test_a_code_says_how_long_it_lasts_and_how_to_object_whatever_a_playbook_says(
    german: Playbook, missing: str
) -> None:
    worse = german.answers["code_message"][0].replace(f"{{{missing}}}", "")
    changed = replace(german, answers={**german.answers, "code_message": (worse,)})
    text = code_message(changed, "123456", LIFE, None).text
    assert all(one in text for one in ("123456", "10 minutes", "NICHT ICH")), text


def test_neither_the_code_nor_the_way_to_show_it_is_kept(german: Playbook) -> None:
    kept = hidden("123456", "https://shop.example/#p=tok", "tok")
    text = code_message(german, "123456", LIFE, "https://shop.example/#p=tok").text
    for secret, instead in kept.items():
        text = text.replace(secret, instead)
    assert ("123456" in text, "tok" in text, "[code removed]" in text) == (False, False, True)
