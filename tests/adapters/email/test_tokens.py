"""Signed keys: what they say, whom they believe, and how they are carried."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.email.carriers import (
    bounce_address,
    marker,
    message_id,
    plus_address,
    sent_token_in_address,
    sent_tokens_in_text,
    thread_token_in_address,
    tokens_in_ids,
    tokens_in_text,
)
from adapters.email.tokens import LIFE, ThreadRef, Tokens, conversation_id
from tests.adapters.email.letters import ANN, NOW, SECRET, TOKENS, US, thread

TODAY = NOW.date()
KEY = "1892160000000000"
OTHER = "another-secret-of-32-letters-here"


def test_a_thread_token_says_what_was_put_in() -> None:
    assert TOKENS.read_thread(TOKENS.thread_token(thread()), TODAY) == thread()


@pytest.mark.parametrize("key", [KEY, "0", str(2**64 - 1), str(2**64)[:12], "007", "a-key", "x"])
def test_a_sent_token_names_its_part(key: str) -> None:
    assert TOKENS.read_sent(TOKENS.sent_token(key, TODAY), TODAY) == key


@pytest.mark.parametrize("key", ["", "thirteen-long", str(2**64)])
def test_a_key_that_fits_no_address_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="key of a part"):
        TOKENS.sent_token(key, TODAY)


def test_tokens_survive_being_written_in_capitals() -> None:
    """providers.md: a case-insensitive alphabet, since local parts get lower-cased."""
    token = TOKENS.thread_token(thread())
    assert token == token.lower()
    assert TOKENS.read_thread(token.upper(), TODAY) == thread()


def test_a_token_is_believed_on_its_last_day_and_not_after() -> None:
    token, sent = TOKENS.thread_token(thread()), TOKENS.sent_token(KEY, thread().until)
    last = thread().until
    after = last + timedelta(days=1)
    assert (TOKENS.read_thread(token, last), TOKENS.read_sent(sent, last)) == (thread(), KEY)
    assert (TOKENS.read_thread(token, after), TOKENS.read_sent(sent, after)) == (None, None)


def test_an_answer_finds_back_for_more_than_a_year() -> None:
    assert LIFE.days > 366


@given(st.integers(0, 41), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_no_letter_of_a_token_can_be_changed(place: int, letter: str) -> None:
    token = TOKENS.thread_token(thread())
    changed = token[:place] + letter + token[place + 1 :]
    assert changed == token or TOKENS.read_thread(changed, TODAY) is None


def test_a_token_of_one_kind_is_none_of_the_other() -> None:
    """providers.md: routing and bounces are told apart."""
    assert TOKENS.read_sent(TOKENS.thread_token(thread()), TODAY) is None
    assert TOKENS.read_thread(TOKENS.sent_token("a" * 12, TODAY), TODAY) is None


def test_a_token_of_another_secret_or_account_is_not_ours() -> None:
    token = TOKENS.thread_token(thread())
    assert Tokens("mail", OTHER).read_thread(token, TODAY) is None
    assert Tokens("other", SECRET).read_thread(token, TODAY) is None


def test_while_a_secret_is_changed_both_are_believed_and_the_first_signs() -> None:
    changing = Tokens("mail", OTHER, SECRET)
    assert changing.read_thread(TOKENS.thread_token(thread()), TODAY) == thread()
    assert Tokens("mail", OTHER).read_thread(changing.thread_token(thread()), TODAY) == thread()


def test_the_address_a_thread_began_with_is_known_by_either_secret() -> None:
    changing = Tokens("mail", OTHER, SECRET)
    assert changing.is_origin(thread(), ANN)
    assert not changing.is_origin(thread(), "bob@customer.example")


def test_the_origin_cannot_be_told_without_the_secret() -> None:
    assert Tokens("mail", OTHER).origin(ANN) != TOKENS.origin(ANN)


def test_tokens_without_a_secret_are_refused() -> None:
    with pytest.raises(ValueError, match="needs a secret"):
        Tokens("mail")


def test_tokens_show_no_secret() -> None:
    assert SECRET not in repr(TOKENS)


@pytest.mark.parametrize(
    "token", ["", "a", "a" * 29, "a" * 42, "é" * 42, "0" * 42, "a" * 49, "a" * 5000]
)
def test_what_is_no_token_says_nothing(token: str) -> None:
    assert TOKENS.read_thread(token, TODAY) is None
    assert TOKENS.read_sent(token, TODAY) is None


@given(st.text(max_size=60))
def test_reading_any_text_raises_nothing(token: str) -> None:
    assert TOKENS.read_thread(token, TODAY) is None
    assert TOKENS.read_sent(token, TODAY) is None


def test_a_reply_address_carries_its_thread() -> None:
    assert ThreadRef.of({"to": ANN, **thread().fields()}) == thread()


@pytest.mark.parametrize(
    "fields", [{}, {"until": "2027-01-01"}, {"until": "soon", "thread": "a", "origin": "b"}]
)
def test_a_reply_address_without_its_thread_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        ThreadRef.of(fields)


@pytest.mark.parametrize(
    "broken",
    [
        ThreadRef("short", "00000000", date(2027, 1, 1)),
        ThreadRef("a" * 16, "00", date(2027, 1, 1)),
        ThreadRef("!" * 16, "00000000", date(2027, 1, 1)),
    ],
)
def test_a_thread_that_was_not_made_here_gets_no_token(broken: ThreadRef) -> None:
    with pytest.raises(ValueError):
        TOKENS.thread_token(broken)


def test_a_day_beyond_what_a_token_can_say_becomes_its_last() -> None:
    sent = TOKENS.sent_token(KEY, date(9999, 1, 1))
    assert TOKENS.read_sent(sent, date(2149, 6, 6)) == KEY


def test_the_local_part_with_a_token_is_short_enough_for_every_server() -> None:
    """RFC 5321, section 4.5.3.1.1: 64 characters."""
    token, sent = TOKENS.thread_token(thread()), TOKENS.sent_token("a" * 12, TODAY)
    addresses = (plus_address(US, token), bounce_address("a-long-name@shop.example", sent))
    assert all(len(one.partition("@")[0]) <= 64 for one in addresses)


def test_addresses_carry_their_token_there_and_back() -> None:
    token, sent = TOKENS.thread_token(thread()), TOKENS.sent_token(KEY, TODAY)
    to, back = plus_address(US, token), bounce_address(US, sent)
    assert to == f"support+{token}@shop.example"
    assert (thread_token_in_address(to.upper()), sent_token_in_address(back)) == (token, sent)
    assert (thread_token_in_address(back), sent_token_in_address(to)) == (None, None)


@pytest.mark.parametrize("address", [US, "support+@shop.example", "support+b-@x.example", "+", ""])
def test_an_address_without_a_token_carries_none(address: str) -> None:
    assert thread_token_in_address(address) is None
    assert sent_token_in_address(address) is None


def test_a_message_id_carries_both_tokens_there_and_back() -> None:
    token, sent = TOKENS.thread_token(thread()), TOKENS.sent_token(KEY, TODAY)
    own = message_id(token, sent, "shop.example")
    assert list(tokens_in_ids(["<foreign@x.example>", own.upper()])) == [(token, sent)]
    assert list(sent_tokens_in_text(f"Message-ID: {own}\n")) == [sent]


def test_the_text_carries_its_token_there_and_back() -> None:
    """providers.md: some senders rewrite Message-IDs, hence a marker in the body."""
    token = TOKENS.thread_token(thread())
    assert list(tokens_in_text(f"> -- \n> {marker(token)}\n")) == [token]


def test_a_flood_of_markers_is_not_looked_through() -> None:
    assert len(list(tokens_in_text(marker("a" * 42) * 1000))) <= 20


def test_names_of_a_conversation_cannot_run_together() -> None:
    assert conversation_id("mail", "a", "bc") != conversation_id("mail", "ab", "c")
