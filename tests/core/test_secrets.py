"""Secrets leave a text, and nothing else does."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from core.secrets import digest_of, expected_code, find_secrets, lone, luhn, marker

KEY = b"a key"


@pytest.mark.parametrize(
    ("text", "expecting", "cleaned"),
    [
        ("card 4111 1111 1111 1111 12/27", None, "card [card removed] 12/27"),
        ("5555-5555-5555-4444.", None, "[card removed]."),
        ("378282246310005", None, "[card removed]"),
        ("4111 1111 1111 1112", None, "4111 1111 1111 1112"),
        ("my pin is 1234", None, "my pin is [pin removed]"),
        ("PIN: 98765, thanks", None, "PIN: [pin removed], thanks"),
        ("1234 is my pin", None, "[pin removed] is my pin"),
        ("password: hunter2!", None, "password: [password removed]"),
        ("my password is not working", None, "my password is not working"),
        ("the cvv is 123", None, "the cvv is [cvv removed]"),
        ("SSN 123-45-6789", None, "SSN [national id removed]"),
        ("it is 123-45-6789", None, "it is [national id removed]"),
        ("call +4915112345678", None, "call +4915112345678"),
        ("the order is 1042", None, "the order is 1042"),
        ("1234", "pin", "[pin removed]"),
        ("sure, it's 1234", "pin", "sure, it's [pin removed]"),
        ("one two three four", "pin", "[pin removed]"),
        ("it's correct-horse", "password", "it's [password removed]"),
        ("I forgot it", "password", "I forgot it"),
        ("what password?", "password", "what password?"),
        ("yes", "password", "yes"),
        ("6789", "ssn", "[national id removed]"),
        ("4111", "card", "[card removed]"),
        ("I will tell you tomorrow", "card", "I will tell you tomorrow"),
        ("card number 5394232312113100", None, "card number [card removed]"),
        ("Yes. $500 was taken on 12/12/2001", "pin", "Yes. $500 was taken on 12/12/2001"),
        ("nothing else thnak u", "password", "nothing else thnak u"),
    ],
)
def test_what_is_removed(text: str, expecting: str | None, cleaned: str) -> None:
    assert find_secrets(text, (), KEY, expecting)[0] == cleaned


def test_a_number_of_the_business_is_not_a_card() -> None:
    text = "tracking 4111111111111111"
    assert find_secrets(text, (r"4\d{15}",), KEY, None) == (text, {})


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("my pin is 4821", "my pin is [pin removed]"),
        ("4821 is my pin, for order 1042", "[pin removed] is my pin, for order 1042"),
        ("order 1042, cvv 1234", "order 1042, cvv [cvv removed]"),
        ("my ssn is 4821", "my ssn is [national id removed]"),
        ("my card is 4111111111111111", "my card is [card removed]"),
        ("gift card 4111111111111111 for order 1042",) * 2,
    ],
)
def test_what_is_announced_as_a_secret_is_none_of_the_businesss_own_numbers(
    text: str, cleaned: str
) -> None:
    assert find_secrets(text, (r"\d{4}", r"4\d{15}"), KEY, None)[0] == cleaned


def test_the_digest_compares_and_depends_on_the_key() -> None:
    spaced = find_secrets("4111 1111 1111 1111", (), KEY, None)[1]["card"]
    plain = find_secrets("it is 4111111111111111 ok", (), KEY, None)[1]["card"]
    other = find_secrets("4111111111111111", (), b"another", None)[1]["card"]
    assert spaced == plain != other
    assert re.fullmatch("[0-9a-f]{64}", spaced)


def _card(prefix: str, size: int, rest: list[int]) -> str:
    digits = [*map(int, prefix), *rest][: size - 1]
    digits += [0] * (size - 1 - len(digits))
    return "".join(map(str, [*digits, next(d for d in range(10) if luhn([*digits, d]))]))


cards = st.builds(
    _card,
    st.sampled_from(["4", "51", "55", "2221", "2720", "6011", "65", "3530", "62"]),
    st.just(16),
    st.lists(st.integers(0, 9), min_size=16, max_size=16),
)
words = st.text(alphabet="abcdefinprstvwäß", min_size=1, max_size=8)


@example("4000000000000002", "PIN", "A", " ")
@given(cards, words, words, st.sampled_from(["", " ", "-"]))
def test_no_valid_card_survives(card: str, before: str, after: str, gap: str) -> None:
    shown = gap.join(card[at : at + 4] for at in range(0, 16, 4))
    cleaned, secrets = find_secrets(f"{before} {shown} {after}", (), KEY, None)
    assert cleaned == f"{before} {marker('card')} {after}"
    assert list(secrets) == ["card"]


@given(st.text(max_size=60), st.sampled_from([None, "pin", "card", "password", "ssn", "otp"]))
def test_any_text_is_taken(text: str, expecting: str | None) -> None:
    cleaned, secrets = find_secrets(text, (), KEY, expecting)
    assert bool(secrets) == (cleaned != text)
    assert all(marker(kind) in cleaned for kind in secrets)


@given(st.text(alphabet="abcdefg hijkl.,", max_size=60))
def test_a_text_without_digits_and_cues_is_left_alone(text: str) -> None:
    assert find_secrets(text, (), KEY, None) == (text, {})


@given(st.from_regex(r"[0-9]{4,8}", fullmatch=True))
def test_an_announced_pin_never_survives(pin: str) -> None:
    for text in (f"my pin is {pin}", f"PIN {pin}", f"pin: {pin} ok"):
        assert pin not in find_secrets(text, (), KEY, None)[0]


@given(st.from_regex(r"[0-9]{4,10}", fullmatch=True), st.sampled_from(["", "The code is ", "> "]))
def test_a_code_that_was_asked_for_never_survives(code: str, before: str) -> None:
    signature = f"\n\nKind regards\n{'Long Name ' * 9}\n+44 7700 900142"
    assume(code not in signature.split())
    cleaned, secrets = find_secrets(f"{before}{code}{signature}", (), KEY, "code")
    assert cleaned == f"{before}[code removed]{signature}"
    assert secrets == {"code": digest_of(code, KEY)}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("123456", "[code removed]"),
        ("The code is 123 456.", "The code is [code removed]."),
        ("Re: your code\n\nDer Code lautet 123456\n-- \nAda", None),
        ("Code 123456\n\nThe code is 123 456", "Code [code removed]\n\nThe code is [code removed]"),
        ("My order is 123456", "My order is 123456"),
        ("123456 or 654321", "123456 or 654321"),
        ("1234567", "1234567"),
        ("it's 123456, and where is my parcel?", "it's 123456, and where is my parcel?"),
    ],
)
def test_where_it_was_not_asked_for_a_code_counts_only_by_itself(
    text: str, kept: str | None
) -> None:
    cleaned, digests = find_secrets(text, (), b"key", lone(expected_code(6)))
    assert cleaned == (text.replace("123456", "[code removed]") if kept is None else kept)
    assert digests == ({} if cleaned == text else {"code": digest_of("123456", b"key")})


@pytest.mark.parametrize(
    ("kind", "text", "cleaned"),
    [
        ("pin", "4711", "[pin removed]"),
        ("pin", "Ok, it's 4711, thanks!", "Ok, it's [pin removed], thanks!"),
        ("pin", "Hello\n\n4711\n\nRobin Miller", "Hello\n\n[pin removed]\n\nRobin Miller"),
        ("pin", "Where is order 4711?", "Where is order 4711?"),
        ("pin", "4711 has not arrived", "4711 has not arrived"),
        ("pin", "4711, 4712", "4711, 4712"),
        ("card", "Hier ist meine: 4000 1234", "Hier ist meine: [card removed]"),
        ("national_id", "my national id is 6789", "my national id is [national id removed]"),
        ("password", "it's correct-horse", "it's [password removed]"),
        ("password", "Where is my order 4711 please?", "Where is my order 4711 please?"),
    ],
)
def test_what_answers_a_question_that_was_asked_elsewhere(
    kind: str, text: str, cleaned: str
) -> None:
    assert find_secrets(text, (), KEY, lone(kind))[0] == cleaned
    assert lone(lone(kind)) == lone(kind)
