"""The carriers' words: a whole message that wants out, back in, or help, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sms.consent import WORDS, consent_word
from core.message import ConsentChange
from tests.adapters.sms.account import inbound_form, received

STOP, START, HELP = ConsentChange.OPT_OUT, ConsentChange.OPT_IN, ConsentChange.HELP


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(
    "form",
    ["{}", " {}\r\n", "{}.", "{}!", "{} . ", "“{}”", "*{}*", "¡{}!!!", "{}\u200b", "🛑 {}", "({})"],
)
def test_a_carrier_word_in_any_spelling(word: str, form: str) -> None:
    for spelled in (word, word.upper(), word.title()):
        assert consent_word(form.format(spelled), None) is WORDS[word]


def test_the_words_are_twilios() -> None:
    """https://help.twilio.com/articles/223134027, with REVOKE and OPTOUT since April 2025."""
    out = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
    assert {word for word, change in WORDS.items() if change is STOP} == out
    assert {word for word, change in WORDS.items() if change is START} == {"start", "yes", "unstop"}
    assert {word for word, change in WORDS.items() if change is HELP} == {"help", "info"}


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("opt out", STOP),
        ("OPT-OUT", STOP),
        ("Stop all.", STOP),
        ("ＳＴＯＰ", STOP),
        ("\n\tstop\u00a0\n", STOP),
        ("un-stop", START),
        ("stop texting me", None),
        ("cancel my order", None),
        ("please stop", None),
        ("the end", None),
        ("yes please", None),
        ("STOP 2", None),
        ("stop" + " " * 5000 + "it", None),
        ("...", None),
        ("", None),
    ],
)
def test_only_the_whole_message_is_a_carrier_word(text: str, change: ConsentChange | None) -> None:
    assert consent_word(text, None) is change


@given(st.sampled_from(sorted(WORDS)), st.text("abc ", min_size=1).filter(str.strip))
def test_a_word_in_a_sentence_is_no_carrier_word(word: str, rest: str) -> None:
    assert consent_word(f"{word} {rest}", None) is None
    assert consent_word(f"{rest} {word}", None) is None


@pytest.mark.parametrize(
    ("text", "kind", "change"),
    [
        ("please no more", "STOP", STOP),
        ("back again", "start", START),
        ("what is this", "HELP", HELP),
        ("STOP", None, STOP),
        ("STOP", "", STOP),
        # The type decides: with Advanced Opt-Out the words are the account's own.
        ("STOP", "HELP", HELP),
        # A type nobody knows must not hide that somebody wants out.
        ("STOP", "NEW", STOP),
        ("hello", "NEW", None),
    ],
)
async def test_advanced_opt_out_tells_the_type(
    text: str, kind: str | None, change: ConsentChange | None
) -> None:
    [message] = (await received(inbound_form(text, OptOutType=kind))).messages
    assert message.consent is change
