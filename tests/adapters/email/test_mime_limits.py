"""Broken and hostile mail: it is read as far as it goes, or refused with a reason, and never hangs.

providers.md, E-mail: broken multiparts, header bombs, nesting.
"""

from __future__ import annotations

import pytest

from adapters.email.parsing.mime import read_mail
from adapters.email.parsing.parts import (
    MAX_FIELD_BYTES,
    MAX_FIELDS,
    MAX_NESTING,
    MAX_PARTS,
    Unreadable,
)
from tests.adapters.email.letters import message, parts_mail, raw_mail, read

PLAIN = "Content-Type: text/plain"
KIND = ("Content-Type", 'multipart/mixed; boundary="==b"')


@pytest.mark.parametrize(
    "body",
    [
        "--==b\r\nContent-Type: text/plain\r\n\r\nwords",
        "--==b\r\n\r\nwords\r\n--==b--",
        "--==b\n\nwords\n--==b--\n",
        "preamble\r\n--==b\r\n\r\nwords\r\n--==b--\r\nepilogue",
        "--==b  \t\r\n\r\nwords\r\n--==b--  \r\n",
        "--==b\r\n\r\nwords\r\n--==b\r\n",
        "--==b\r\n\r\nwords\r\n--==b",
        "words",
    ],
)
def test_a_broken_multipart_gives_what_it_holds(body: str) -> None:
    mail = read(raw_mail(body, KIND))
    assert mail.text.strip() == "words"


@pytest.mark.parametrize("body", ["", "--==b--"])
def test_a_multipart_without_parts_gives_what_stands_there(body: str) -> None:
    assert read(raw_mail(body, KIND)).text == body


def test_a_line_that_only_begins_like_a_boundary_is_text() -> None:
    mail = read(raw_mail("--==b\r\n\r\n--==bc\r\nx --==b\r\n--==b--", KIND))
    assert mail.text == "--==bc\nx --==b"


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/mixed",
        'multipart/mixed; boundary=""',
        f'multipart/mixed; boundary="{"b" * 500}"',
        "nonsense",
        "text",
        "text/",
        ";;;",
        "a/b/c",
        "",
    ],
)
def test_a_type_that_makes_no_sense_is_plain_text(kind: str) -> None:
    """RFC 2045, section 5.2."""
    assert read(raw_mail("words", ("Content-Type", kind))).text == "words"


def test_inner_parts_that_are_never_closed_end_with_the_outer_one() -> None:
    inner = "Content-Type: multipart/alternative; boundary=in"
    mail = read(parts_mail((inner, "--in\r\n\r\ninner words"), (PLAIN, "outer words")))
    assert mail.text == "inner words\n\nouter words"


def test_the_first_line_of_an_mbox_is_no_field() -> None:
    assert read(b"From ann@x.example Fri Jan 15\r\n" + raw_mail()).sender is not None


def test_a_mail_without_a_body_is_read() -> None:
    assert read(b"From: ann@x.example").text == ""
    assert read(b"From: ann@x.example\r\n\r\n").text == ""


def test_a_mail_without_fields_says_its_text() -> None:
    assert read(b"\r\nwords").text == "words"
    assert read(b"\nwords").text == "words"


def test_a_field_without_a_name_is_left_out() -> None:
    mail = read(b"garbage\r\nbad name: x\r\n: y\r\nSubject: fine\r\n\r\nwords")
    assert (mail.subject, mail.text) == ("fine", "words")


def test_too_large_a_mail_is_refused() -> None:
    with pytest.raises(Unreadable, match="larger than 1 KiB"):
        read_mail(raw_mail("a" * 1025), 1024)


def test_a_header_without_an_end_is_refused() -> None:
    with pytest.raises(Unreadable, match="longer than 256 KiB"):
        read(b"X: " + b"a" * (MAX_FIELD_BYTES + 1))


def test_a_flood_of_fields_is_refused() -> None:
    with pytest.raises(Unreadable, match=f"more than {MAX_FIELDS} fields"):
        read(b"a:b\r\n" * (MAX_FIELDS + 2) + b"\r\n")


def test_a_flood_of_fields_in_a_mail_that_came_along_is_not_ours_to_refuse() -> None:
    inner = ("Content-Type: message/rfc822", b"Subject: old\r\n" + b"a:b\r\n" * 5000)
    [file] = read(parts_mail((PLAIN, "see"), inner)).attachments
    assert file.name == "old.eml"


def test_a_flood_of_text_is_read_no_further_than_it_is_kept() -> None:
    """The time limit of the tests is the measure."""
    flowed = ("Content-Type: text/plain; format=flowed", b"a \r\n" * 30_000)
    mail = read(parts_mail(*[flowed] * 150))
    assert "Only the first" in mail.notes[0]


def test_a_flood_of_parts_is_refused() -> None:
    with pytest.raises(Unreadable, match=f"more than {MAX_PARTS} parts"):
        read(raw_mail("--==b\r\n\r\nx\r\n" * 100_000, KIND))


def test_a_flood_of_lines_like_boundaries_is_refused() -> None:
    with pytest.raises(Unreadable, match="cannot be told apart"):
        read(raw_mail("--==bc\r\n" * 30_000, KIND))


@pytest.mark.parametrize("tag", ["<blockquote>", "<div><b>", '<div title="</div>">', "<div></b>"])
def test_html_nested_without_end_is_only_read_as_text(tag: str) -> None:
    """Half a megabyte of it would take minutes to sanitise."""
    told = message(
        raw_mail(tag * 20_000 + "Where is my order, please?", ("Content-Type", "text/html"))
    )
    assert told.text.strip() == "Where is my order, please?"
    assert told.original is not None and told.original.html is None
    assert "nested too deeply" in told.original.text


def test_a_large_page_that_is_not_deep_is_shown() -> None:
    page = "<table>" + "<tr><td><p>a<br>b" * 2000
    assert read(raw_mail(page, ("Content-Type", "text/html"))).html == page


def test_deep_nesting_is_refused() -> None:
    body = "words"
    for level in range(MAX_NESTING + 5):
        body = f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n{body}"
    with pytest.raises(Unreadable, match=f"more than {MAX_NESTING} deep"):
        read(b"From: ann@x.example\r\n" + body.encode())


@pytest.mark.parametrize(
    "raw",
    [
        b"From: " + b"a" * 200_000 + b"\r\n\r\n",
        b"From: " + b"<" * 200_000 + b"\r\n\r\n",
        b"From: " + b"(" * 200_000 + b"\r\n\r\n",
        b"From: " + b'"\\' * 100_000 + b"\r\n\r\n",
        b"From: " + b"a@b, " * 40_000 + b"\r\n\r\n",
        b"Subject: " + b"=?" * 100_000 + b"\r\n\r\n",
        b"Subject: " + b"=?utf-8?q?a?= " * 10_000 + b"\r\n\r\n",
        b"References: " + b"<" * 200_000 + b"\r\n\r\n",
        b"References: " + b"<a" * 100_000 + b"\r\n\r\n",
        b"Content-Type: text/plain" + b"; " * 100_000 + b"\r\n\r\n",
        b"Content-Type: text/plain; a=" + b'"' * 200_000 + b"\r\n\r\n",
        b"Content-Type: text/plain; " + b"a*1*=b;" * 30_000 + b"\r\n\r\n",
        b"Date: " + b"1 " * 100_000 + b"\r\n\r\n",
        b"\r\n" + b"<" * 400_000,
        b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000,
        b"Content-Type: text/html\r\n\r\n" + b"<a b='" * 50_000,
    ],
    ids=range(16),
)
def test_no_field_and_no_text_takes_long(raw: bytes) -> None:
    """The time limit of the tests is the measure: patterns that go back on themselves exceed it."""
    assert read(raw).attachments == ()
