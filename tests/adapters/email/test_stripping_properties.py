"""What holds for every mail: nothing raises, nothing is slow, no words of the person are lost."""

from __future__ import annotations

import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.email.newest.html_stripping import newest_reply_html
from adapters.email.newest.stripping import Stripped, newest_reply
from adapters.email.parsing.html_text import text_of_html
from tests.adapters.email.quotations import ATTRIBUTIONS, HEADERS, ORIGINALS, headed, marked

FOOTER = "[ref:Zq3Zq3Zq3Zq3Zq3Zq3]"
OUR_MAIL = (
    "Dear Anna,\n\nyour lamp left our house on Monday, and it should be with you by Friday.\n"
    "Would you like us to ring before the driver comes?\n\nYours, the team of Lamp & Loom"
)
WORDS = ("lamp", "thread", "blue", "please", "seven", "Friday", "ça", "лампа", "灯", "fine")

PLAIN_LINES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
PLAIN_TEXTS = st.lists(PLAIN_LINES, min_size=1, max_size=6).map("\n\n".join)
NASTY = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            [
                *ATTRIBUTIONS.values(),
                *ORIGINALS.values(),
                "\n",
                "> ",
                "--",
                "<",
                "From: ",
                "Sent: 4.1.2027 9:12\n",
                "<blockquote>",
                "</div>",
                '<div class="gmail_quote">',
                "<a href=",
                "---------- Forwarded message ---------\n",
                FOOTER,
                "\ue000",
                "\ue001",
                "\ue002",
                "\ue003",
                "\ue004",
            ]
        ),
    ),
    max_size=25,
).map("".join)


def _quotations() -> list[str]:
    attributed = [
        f"{line}\n{quote}"
        for line in ATTRIBUTIONS.values()
        for quote in (marked(OUR_MAIL), f"\n{OUR_MAIL}")
    ]
    return [
        *attributed,
        *(headed(labels) for labels in HEADERS.values()),
        *(f"{line}\n{OUR_MAIL}" for line in ORIGINALS.values()),
    ]


@given(NASTY, st.lists(NASTY, max_size=2))
def test_no_text_raises(text: str, ours: list[str]) -> None:
    newest_reply(text, ours=ours)
    newest_reply_html(text, ours=ours)
    text_of_html(text)


@given(PLAIN_TEXTS)
def test_a_text_without_quotes_comes_back_as_it_was(text: str) -> None:
    assert newest_reply(text) == Stripped(text, quoted=False)
    assert newest_reply(f"{text}\n \n") == Stripped(text, quoted=False)


@given(PLAIN_TEXTS, st.sampled_from(_quotations()))
def test_a_quoted_mail_below_a_reply_goes_and_the_reply_stays(reply: str, quotation: str) -> None:
    assert newest_reply(f"{reply}\n\n{quotation}") == Stripped(reply, quoted=True)


@given(PLAIN_TEXTS, st.integers(20, 100), st.sampled_from(["", "> ", ">", "    ", "| "]))
def test_what_we_sent_goes_however_it_is_wrapped(reply: str, width: int, mark: str) -> None:
    paragraphs = [textwrap.fill(one, width) for one in OUR_MAIL.split("\n\n")]
    quoted = textwrap.indent("\n\n".join(paragraphs), mark, lambda line: True)

    assert newest_reply(f"{reply}\n\n{quoted}", ours=[OUR_MAIL]).text == reply
    assert newest_reply(f"{quoted}\n\n{reply}", ours=[OUR_MAIL]).text == reply


@given(PLAIN_TEXTS)
def test_what_we_sent_goes_from_html(reply: str) -> None:
    paragraphs = "".join(f"<p>{one}</p>" for one in OUR_MAIL.replace("&", "&amp;").split("\n\n"))
    answer = "".join(f"<p>{one}</p>" for one in reply.split("\n\n"))

    assert newest_reply_html(answer + paragraphs, ours=[OUR_MAIL]).text == reply


@given(PLAIN_TEXTS)
def test_our_footer_and_what_is_below_it_go(reply: str) -> None:
    assert newest_reply(f"{reply}\n\n-- \n{FOOTER}\n\nsomething older") == Stripped(reply, True)
    assert newest_reply(f"> older\n> {FOOTER}\n\n{reply}") == Stripped(reply, True)
    assert newest_reply(f"{FOOTER}\n\n{reply}").text == reply


def test_an_answer_in_our_words_is_kept() -> None:
    ours = "To stop, answer: please cancel my order of the blue lamp and send no more mails"
    answer = "please cancel my order of the blue lamp and send no more mails"

    assert newest_reply(answer, ours=[ours]) == Stripped(answer, quoted=False)
    mine = f"Hello, {answer}"
    assert newest_reply(mine, ours=[ours]) == Stripped(mine, quoted=False)


def test_answers_between_what_we_sent_stay_alone() -> None:
    one, two = "Which colour would you like your new lamp to have?", "And which size, please?"
    mail = f"> {one}\nRed.\n> {two}\nLarge."

    assert newest_reply(mail, ours=[f"{one}\n{two}"]).text == "Red.\nLarge."


@pytest.mark.parametrize(
    "piece",
    [
        "On ",
        "On 4 Jan 2027, at 9:12,\n",
        "> ",
        "> a\nb\n",
        "-- \n",
        "a" * 50,
        "From: a@b.example\n",
        "From: a\n\n",
        "\n",
        "1 ",
        "--- a",
        "* ",
        "<",
        "Sent from my ",
        "on 1 wrote: ",
        "https://",
        "İ",
        "a:\n",
        "------ wrote ",
    ],
)
def test_a_megabyte_of_anything_takes_little_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    before = time.process_time()
    newest_reply(text, ours=[text[:10_000]])

    # It is a second or two; a pattern that runs away would take hours.
    assert time.process_time() - before < 30


@pytest.mark.parametrize(
    "piece",
    ["<blockquote>", "<div class=gmail_quote>", "<p>a", "<a href='https://a'>b", "<b><i>", "<td>"],
)
def test_any_depth_of_html_takes_little_time(piece: str) -> None:
    before = time.process_time()
    newest_reply_html(piece * (200_000 // len(piece)))

    assert time.process_time() - before < 20
