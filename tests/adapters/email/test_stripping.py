"""The newest reply in plain texts, for every language and program that we know."""

from __future__ import annotations

import pytest

from adapters.email.newest.stripping import Stripped, newest_reply
from tests.adapters.email.quotations import (
    ATTRIBUTIONS,
    DEVICES,
    FORWARDS,
    HEADERS,
    ORIGINALS,
    QUOTED,
    headed,
    marked,
)

REPLY = "Thank you.\n\nFriday is fine, but please ring the bell twice."
FORMS = ("{label}: {value}", "*{label}:* {value}", "{label} : {value}", "**{label}**: {value}")


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
@pytest.mark.parametrize("quote", [marked(QUOTED), QUOTED], ids=["marked", "unmarked"])
def test_an_attribution_begins_a_quotation(attribution: str, quote: str) -> None:
    found = newest_reply(f"{REPLY}\n\n{attribution}\n\n{quote}\n")

    assert found == Stripped(REPLY, quoted=True)


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_a_reply_may_stand_below_a_marked_quotation(attribution: str) -> None:
    found = newest_reply(f"{attribution}\n{marked(QUOTED)}\n\n{REPLY}\n")

    assert found == Stripped(REPLY, quoted=True)


@pytest.mark.parametrize("labels", HEADERS.values(), ids=HEADERS.keys())
@pytest.mark.parametrize("form", FORMS)
def test_header_lines_begin_a_quotation(labels: tuple[str, str, str, str], form: str) -> None:
    found = newest_reply(f"{REPLY}\n\n________________________________\n{headed(labels, form)}")

    assert found == Stripped(REPLY, quoted=True)


@pytest.mark.parametrize("line", ORIGINALS.values(), ids=ORIGINALS.keys())
def test_an_original_message_line_begins_a_quotation(line: str) -> None:
    assert newest_reply(f"{REPLY}\n\n{line}\n\n{QUOTED}") == Stripped(REPLY, quoted=True)


@pytest.mark.parametrize("line", DEVICES.values(), ids=DEVICES.keys())
def test_a_footer_of_a_program_is_no_part_of_a_reply(line: str) -> None:
    assert newest_reply(f"{REPLY}\n\n{line}\n") == Stripped(REPLY, quoted=False)


@pytest.mark.parametrize("line", FORWARDS.values(), ids=FORWARDS.keys())
def test_a_forwarded_mail_is_kept_whole(line: str) -> None:
    mail = f"What is this?\n\n{line}\n{headed(HEADERS['English'])}"

    assert newest_reply(mail) == Stripped(mail, quoted=False)


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAnna Vogel\nWeaver",
        "--\nAnna Vogel",
        "Kind regards,\nAnna Vogel\nWeaver",
        "Mit freundlichen Grüßen\n\nAnna Vogel",
        "Cordialement,\nAnna Vogel",
        "_____________\nAnna Vogel\nwww.weaver.example",
    ],
)
def test_a_signature_is_no_part_of_a_reply(signature: str) -> None:
    assert newest_reply(f"{REPLY}\n\n{signature}\n").text == REPLY


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I rang, and your colleague wrote:\nthe lamp is sold out. Is that so?",
        "From: Hamburg\nTo: Lyon\nDate: 4 May\n\nCan you deliver on that day?",
        "I need:\n- a lamp\n- a loom\n-- and thread",
        "Colours\n-------\nred\nblue",
        "Sent from my desk, which is easier than my mobile phone by far.",
        "Thanks,\nAnna",
        "Kind regards,\nAnna\n\nPS: please cancel the other order as well",
        "> the lamp is in stock\nthat is what your page says, is it?\n> free delivery\nand this?",
        "The lamp costs > 50 euros\nand the loom < 100",
        "Regards",
        "2027-01-04 09:12:40\n04.01.2027 09:12\nThese are the times when it failed.",
        "To: whom it may concern\nSubject to change, I will be at home.",
        "-- ",
        "👍",
    ],
)
def test_what_only_looks_like_a_quotation_is_kept(text: str) -> None:
    assert newest_reply(text) == Stripped(text.rstrip(), quoted=False)


def test_answers_between_quotes_stay_with_them() -> None:
    attribution = ATTRIBUTIONS["English, Gmail"]
    mail = f"{attribution}\n> Which colour?\n\nRed.\n\n> Which size?\n\nLarge."

    assert newest_reply(mail) == Stripped(mail, quoted=False)


def test_a_reply_may_share_its_line_with_an_attribution() -> None:
    mail = (
        "Red, please--- On Mon, Jan 4, 2027 at 9:12 AM, help@lamp.example wrote:\n> Which colour?"
    )

    assert newest_reply(mail) == Stripped("Red, please", quoted=True)


def test_a_language_that_nobody_taught_us_is_known_by_its_marks() -> None:
    mail = f"{REPLY}\n\nNeljapäev, 4. jaanuar 2027 kell 9:12 keegi Lamp märkis:\n{marked(QUOTED)}"

    assert newest_reply(mail) == Stripped(REPLY, quoted=True)


def test_a_mail_that_begins_with_a_quoted_one_without_marks_is_kept() -> None:
    mail = headed(HEADERS["English"])

    assert newest_reply(mail) == Stripped(mail, quoted=False)


def test_a_mail_of_nothing_but_a_marked_quotation_has_no_reply() -> None:
    mail = f"{ATTRIBUTIONS['English, Gmail']}\n{marked(QUOTED)}\n"

    assert newest_reply(mail) == Stripped("", quoted=True)
