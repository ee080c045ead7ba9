"""What a mail says and holds: texts, letters, files. providers.md, E-mail."""

from __future__ import annotations

from base64 import b64encode

import pytest

from adapters.email.parsing.bodies import MAX_FILES, MAX_HTML, MAX_TEXT
from tests.adapters.email.letters import parts_mail, raw_mail, read

PLAIN = "Content-Type: text/plain; charset=utf-8"
HTML = "Content-Type: text/html; charset=utf-8"
ALTERNATIVE = 'multipart/alternative; boundary="==b"'
LONG = "The lamp that I ordered in May flickers whenever the heating is on, and it hums. " * 6


def test_the_text_of_a_simple_mail() -> None:
    mail = read(raw_mail("Hello,\r\nwhere is it?"))
    assert (mail.text, mail.html, mail.from_html) == ("Hello,\nwhere is it?", None, False)


def test_plain_text_is_preferred() -> None:
    mail = read(parts_mail((PLAIN, "in words"), (HTML, "<p>in words"), kind=ALTERNATIVE))
    assert (mail.text, mail.from_html, mail.html) == ("in words", False, "<p>in words")


@pytest.mark.parametrize(
    "stub",
    [
        "",
        " \r\n",
        "Your mail program does not support HTML.",
        "Please view this message in your browser: https://x.example/1",
        "This is the HTML version.",
        "Hi",
    ],
)
def test_a_stub_gives_way_to_the_html(stub: str) -> None:
    """Text for the model comes from text/plain if it is not a stub."""
    mail = read(parts_mail((PLAIN, stub), (HTML, f"<p>{LONG}</p>"), kind=ALTERNATIVE))
    assert mail.from_html and mail.text.strip() == LONG.strip()


def test_a_mail_of_html_alone_has_its_text() -> None:
    mail = read(raw_mail("<p>Where <b>is</b> it?</p>", ("Content-Type", "text/html")))
    assert (mail.text.strip(), mail.from_html) == ("Where is it?", True)


def test_an_empty_html_is_no_better_than_a_short_text() -> None:
    mail = read(parts_mail((PLAIN, "ok"), (HTML, "<p></p>"), kind=ALTERNATIVE))
    assert (mail.text, mail.from_html) == ("ok", False)


def test_texts_around_a_file_belong_together() -> None:
    mail = read(
        parts_mail((PLAIN, "above"), ("Content-Type: image/png", b"\x89PNG"), (PLAIN, "below"))
    )
    assert mail.text == "above\n\nbelow"


@pytest.mark.parametrize(
    ("charset", "raw"),
    [
        ("x-unknown-8bit", "schön".encode()),
        ("no such charset", "schön".encode("latin-1")),
        ("utf-8", "schön".encode("latin-1")),
        ("us-ascii", "schön".encode()),
        ("'utf-8'", "schön".encode()),
        ("iso-8859-1", "schön".encode("latin-1")),
        ("windows-1252", "schön".encode("cp1252")),
        ("utf-16", "schön".encode("utf-16")),
        ("base64", b"sch\xf6n"),
        ("rot13", b"sch\xf6n"),
        ("unicode_escape", b"sch\xf6n"),
    ],
)
def test_text_of_any_charset_is_read(charset: str, raw: bytes) -> None:
    """[T] `EmailMessage.get_content()` raises `LookupError` for an unknown one."""
    mail = read(raw_mail(raw, ("Content-Type", f'text/plain; charset="{charset}"')))
    assert mail.text == "schön"


def test_letters_are_guessed_by_what_the_text_looks_like() -> None:
    russian = "Здравствуйте, я хотел бы узнать, когда придёт мой заказ. Спасибо за помощь."
    raw = raw_mail(russian.encode("koi8-r"), ("Content-Type", "text/plain; charset=unknown"))
    assert read(raw).text == russian


def test_guessed_letters_are_told() -> None:
    mail = read(raw_mail(b"sch\xf6n", ("Content-Type", "text/plain; charset=x-nope")))
    assert any("guessed" in note for note in mail.notes)


def test_japanese_in_seven_bits_is_read() -> None:
    raw = raw_mail(
        "注文".encode("iso-2022-jp"), ("Content-Type", "text/plain; charset=ISO-2022-JP")
    )
    assert read(raw).text == "注文"


def test_no_text_holds_what_cannot_be_written_down() -> None:
    mail = read(raw_mail(b"a\x00b\x1b[31mc\r\nd\te", subject="a\x00b"))
    assert (mail.text, mail.subject) == ("ab[31mc\nd\te", "ab")


@pytest.mark.parametrize(
    ("encoding", "raw", "expected"),
    [
        ("quoted-printable", b"sch=C3=B6n=\r\n sch=C3=B6n", "schön schön"),
        ("QUOTED-PRINTABLE", b"100 =zz", "100 =zz"),
        ("base64", b"c2No\r\nw7Zu", "schön"),
        ("base64", b"c2Now7Zu!", "schön"),
        ("base64", b"c2Now7Z", "schö"),
        ("base64", b"YWJjZ", "abc"),
        ("8bit", "schön".encode(), "schön"),
        ("x-unknown", b"as it is", "as it is"),
    ],
)
def test_transfer_encodings_are_undone_as_far_as_they_go(
    encoding: str, raw: bytes, expected: str
) -> None:
    kind = ("Content-Type", "text/plain; charset=utf-8")
    assert read(raw_mail(raw, kind, ("Content-Transfer-Encoding", encoding))).text == expected


@pytest.mark.parametrize(
    ("parameters", "raw", "expected"),
    [
        ("format=flowed", "one \r\ntwo\r\nthree", "one two\nthree"),
        ("format=flowed; delsp=yes", "日本 \r\n語", "日本語"),
        ("format=Flowed", "> one \r\n> two\r\nmine", "> one two\nmine"),
        ("format=flowed", ">one \r\n>>two", "> one \n>> two"),
        ("format=flowed", " From here\r\n >no quote", "From here\n>no quote"),
        ("format=flowed", "bye\r\n-- \r\nAnn", "bye\n-- \nAnn"),
        ("format=flowed", "open \r\n-- \r\nAnn", "open \n-- \nAnn"),
        ("format=fixed", "one \r\ntwo", "one \ntwo"),
    ],
)
def test_flowed_lines_become_paragraphs(parameters: str, raw: str, expected: str) -> None:
    """RFC 3676: soft breaks, space-stuffing, quote depths, the signature's line, delsp."""
    kind = ("Content-Type", f"text/plain; charset=utf-8; {parameters}")
    assert read(raw_mail(raw, kind)).text == expected


def test_a_file_comes_with_its_bytes() -> None:
    content = bytes(range(256))
    head = (
        "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
        'Content-Disposition: attachment; filename="lamp.png"\r\nContent-ID: <part1@x>'
    )
    [file] = read(parts_mail((PLAIN, "see"), (head, b64encode(content)))).attachments
    assert (file.name, file.media_type, file.size) == ("lamp.png", "image/png", 256)
    assert (file.content, file.content_id, file.reference) == (content, "part1@x", "")


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="=?utf-8?q?l=C3=A4mp.png?="', "lämp.png"),
        ("attachment; filename*=utf-8''l%C3%A4mp.png", "lämp.png"),
        ("attachment; filename=old.png; filename*=utf-8''new.png", "new.png"),
        ("attachment; filename*0=long-; filename*1=name.png", "long-name.png"),
        ("attachment; filename*0*=utf-8''l%C3%A4; filename*1=mp.png", "lämp.png"),
        ("attachment; filename*0*=utf-8''l%C3; filename*1*=%A4mp.png", "lämp.png"),
        ("attachment; filename*0=a; filename=b.png", "b.png"),
        ("attachment; filename*x=a", "image.bin"),
        ("attachment; filename*=nope'%ZZ", "nope'%ZZ"),
        ("attachment; filename=../../etc/passwd", "passwd"),
        ("attachment; filename=C:\\lamps\\a.png", "a.png"),
        ('attachment; filename="a\\"b.png"', 'a"b.png'),
        ('attachment; filename="a\x01b.png"', "ab.png"),
        ("attachment; filename=lamp.png (my lamp)", "lamp.png"),
        ("attachment; filename=", "image.bin"),
        ("attachment", "image.bin"),
    ],
)
def test_a_file_has_the_name_its_sender_gave_it(disposition: str, name: str) -> None:
    """RFC 2231, RFC 2047 in parameters, and no way out of a folder."""
    head = f"Content-Type: image/x-lamp\r\nContent-Disposition: {disposition}"
    [file] = read(parts_mail((head, b"x"))).attachments
    assert file.name == name


def test_a_long_name_keeps_its_extension() -> None:
    head = f"Content-Type: image/png; name={'a' * 500}.png"
    [file] = read(parts_mail((head, b"x"))).attachments
    assert len(file.name) <= 120 and file.name.endswith("aaa.png")


@pytest.mark.parametrize("head", ["; name=notes.txt", "\r\nContent-Disposition: attachment"])
def test_an_attached_text_is_a_file(head: str) -> None:
    mail = read(parts_mail((PLAIN, "mine"), (PLAIN + head, "theirs")))
    assert mail.text == "mine"
    assert [file.content for file in mail.attachments] == [b"theirs"]


@pytest.mark.parametrize(
    ("head", "name", "note"),
    [
        ("Content-Type: application/ms-tnef", "winmail.dat", "Outlook"),
        ("Content-Type: application/pkcs7-mime", "smime.p7m", "S/MIME"),
        ("Content-Type: application/pkcs7-signature", "smime.p7s", None),
        ("Content-Type: text/calendar; method=REQUEST", "invitation.ics", None),
    ],
)
def test_what_we_cannot_open_is_kept_as_a_file(head: str, name: str, note: str | None) -> None:
    """[T] Watch TNEF `winmail.dat`, S/MIME, calendar parts."""
    mail = read(parts_mail((PLAIN, "see"), (head, b"bytes")))
    assert [(file.name, file.content) for file in mail.attachments] == [(name, b"bytes")]
    assert (note is None and not mail.notes) or (note is not None and note in mail.notes[0])


def test_an_encrypted_mail_says_that_it_is() -> None:
    kind = 'multipart/encrypted; protocol="application/pgp-encrypted"; boundary="==b"'
    mail = read(parts_mail(("Content-Type: application/octet-stream", b"-----"), kind=kind))
    assert "encrypted" in mail.notes[0]
    assert len(mail.attachments) == 1


def test_a_mail_in_a_mail_is_a_file_and_says_nothing() -> None:
    """[T] Nested `message/rfc822`: what somebody else wrote is not what the sender says."""
    inner = raw_mail("inner words", subject="Old matter", sender="eve@evil.example")
    mail = read(parts_mail((PLAIN, "see below"), ("Content-Type: message/rfc822", inner)))
    [file] = mail.attachments
    assert (mail.text, file.name, file.content) == ("see below", "Old matter.eml", inner)
    assert [one.address for one in mail.senders] == ["ann@customer.example"]


def test_a_digest_holds_mails() -> None:
    mail = read(parts_mail(("", raw_mail("inner")), kind='multipart/digest; boundary="==b"'))
    assert [file.media_type for file in mail.attachments] == ["message/rfc822"]


def test_parts_of_a_report_can_be_read() -> None:
    status = "Reporting-MTA: dns; x\r\n\r\nAction: failed"
    mail = read(
        parts_mail(
            (PLAIN, "sorry"),
            ("Content-Type: message/delivery-status", status),
            ("Content-Type: text/rfc822-headers", "Message-ID: <a@x>"),
            kind='multipart/report; report-type=delivery-status; boundary="==b"',
        )
    )
    assert [(one.media_type, "failed" in one.text) for one in mail.reports] == [
        ("message/delivery-status", True),
        ("text/rfc822-headers", False),
    ]
    assert mail.text == "sorry"


def test_too_many_files_are_left_out_and_told() -> None:
    parts = [("Content-Type: image/png", b"x")] * (MAX_FILES + 3)
    mail = read(parts_mail(*parts))
    assert len(mail.attachments) == MAX_FILES
    assert mail.notes == ("3 of the mail's files were left out.",)


def test_a_huge_picture_written_into_the_page_does_not_count() -> None:
    """[T] Huge inline images: they neither fill the limit nor hide the text behind them."""
    page = f'<p>above</p><img src="data:image/png;base64,{"A" * 3_000_000}"><p>below</p>'
    mail = read(raw_mail(page, ("Content-Type", "text/html")))
    assert len(mail.html or "") < 200
    assert "below" in mail.text and not mail.notes


def test_what_is_cut_off_is_told() -> None:
    plain = read(raw_mail("word\r\n" * MAX_TEXT))
    page = read(raw_mail("<p>word</p>" * (MAX_HTML // 10), ("Content-Type", "text/html")))
    assert len(plain.text) == MAX_TEXT and "Only the first" in plain.notes[0]
    assert len(page.html or "") == MAX_HTML and "Only the first" in page.notes[0]
