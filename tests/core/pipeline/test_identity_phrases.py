"""What is a claim, a wish to go on elsewhere and a "not me", and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pipeline.reading.identity_phrases import (
    bare_address,
    claimed_address,
    is_not_me,
    is_wrong_number,
    wants_elsewhere,
)

JANE, PHONE = "email:jane@example.com", "phone:+447700900142"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("I wrote to you from Jane@Example.com", JANE),
        ("I'm the one who mailed from jane@example.com yesterday", JANE),
        ("hi, it's Jane, I sent you an e-mail from jane@example.com.", JANE),
        ("my other number is 07700 900142", PHONE),
        ("+44 7700 900142, that's me too", PHONE),
        ("can you see my e-mails? they're from jane@example.com", JANE),
        ("I also write from jane@example.com", JANE),
        ("you know me as jane@example.com", JANE),
        ("can you connect this with my work e-mail jane@example.com?", JANE),
    ],
)
def test_whoever_says_they_wrote_from_an_address_claims_it(text: str, key: str) -> None:
    typed = claimed_address(text, "GB")
    assert typed is not None
    assert typed.key == key


@pytest.mark.parametrize(
    "text",
    [
        "jane@example.com",
        "it is jane@example.com",
        "My number is 07700 900142, please send my order there",
        "I ordered with jane@example.com",
        "can I write to you from jane@example.com?",
        "I didn't write from jane@example.com",
        "my husband, who wrote from bob@example.com, wants it back",
        "Should I have written from jane@example.com?",
        "I never wrote to you from jane@example.com",
    ],
)
def test_an_address_that_is_only_typed_is_no_claim(text: str) -> None:
    assert claimed_address(text, "GB") is None


def test_a_new_number_in_answer_to_the_question_for_a_number_is_no_claim() -> None:
    assert claimed_address("my new number is 07700 900142", "GB", "phone") is None
    assert claimed_address("I texted you from 07700 900142", "GB", "phone") is not None


def test_a_number_without_its_country_is_read_by_the_region_only() -> None:
    assert bare_address("07700 900142", "") is None
    assert bare_address("+44 7700 900142", "") is not None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("text me instead", "phone"),
        ("Can you text me instead, please?", "phone"),
        ("can you e-mail me that", "email"),
        ("let's go on by SMS", "phone"),
        ("please text me on 07700 900142 instead", "phone"),
        ("could we continue by email?", "email"),
        ("I'd rather go on in Slack", "slack"),
        ("Can you send that to my email?", "email"),
        ("call me", None),
        ("text me when it ships", None),
        ("e-mail me the invoice", None),
        ("how do I e-mail you?", None),
        ("I will text my friend", None),
        ("can you text me the address of the shop?", None),
        ("my e-mail is jane@example.com", None),
    ],
)
def test_a_wish_to_go_on_elsewhere_is_told_from_a_wish_for_a_thing(
    text: str, kind: str | None
) -> None:
    assert wants_elsewhere(text, "GB") == kind


@pytest.mark.parametrize(
    "text",
    [
        "Not me!",
        "That's not me",
        "I am not Ada, please stop",
        "Sorry, wrong person",
        "this is not my number any more",
        "Das bin ich nicht",
        "Ich bin nicht Ada",
        "ce n'est pas moi",
        "Je ne suis pas Ada",
        "No soy yo",
        "este ya no es mi número",
    ],
)
def test_not_me_is_understood_in_several_languages(text: str) -> None:
    assert is_not_me(text)


@pytest.mark.parametrize(
    "text",
    [
        "not me who broke it",
        "it was not me who broke it",
        "I am not sure",
        "I'm not happy",
        "wrong address",
        "this is not my order",
        "is it not me?",
        "no",
    ],
)
def test_what_only_sounds_like_not_me_is_left_alone(text: str) -> None:
    assert not is_not_me(text)
    assert not is_wrong_number(text)


@given(st.text(alphabet=st.sampled_from("abit me@.1+ ?!'\n"), max_size=300))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    typed = claimed_address(text, "GB")
    assert typed is None or text[typed.start : typed.end].strip()
    assert wants_elsewhere(text, "GB") in (None, "phone", "email", "slack")
    assert not (is_not_me(text) and len(text) > 90)
