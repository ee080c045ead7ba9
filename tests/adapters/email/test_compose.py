"""A mail of ours: its headers, its two bodies, its files, and what an answer comes back by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.email.config import EmailConfig
from adapters.email.sending.compose import (
    File,
    Letter,
    Unsendable,
    compose,
    subject_of,
    without_footer,
)
from adapters.email.tokens import LIFE, ThreadRef, Tokens, conversation_id
from core.message import Author

NOW = datetime(2027, 1, 15, 8, tzinfo=UTC)
TOKENS = Tokens("email", "a-secret-of-the-tests-and-nothing-else")
REF = ThreadRef(conversation_id("one"), TOKENS.origin("anna@example.org"), NOW.date() + LIFE)
CONFIG = EmailConfig.model_validate(
    {
        "address": "support@lampandloom.example",
        "aliases": ["hello@lampandloom.example"],
        "display_name": "Lamp & Loom",
        "secret": "a-secret-of-the-tests-and-nothing-else",
        "smtp_host": "mail.lampandloom.example",
        "webhook_secret": "a-webhook-secret-of-the-tests-only",
    }
)
ADDRESS: dict[str, str] = {
    "to": "anna@example.org",
    "name": "Anna Lind",
    "from": "support@lampandloom.example",
    "subject": "RE: re: Lamp",
    "in_reply_to": "<2@example.org>",
    "references": "<1@example.org> <2@example.org>",
    **REF.fields(),
}
LETTER = Letter("17", ADDRESS, "It is on its way.", "<p>It is on its way.</p>")


def parsed(letter: Letter = LETTER, config: EmailConfig = CONFIG) -> EmailMessage:
    return message_from_bytes(composed(letter, config), policy=policy.default)


def composed(letter: Letter = LETTER, config: EmailConfig = CONFIG) -> bytes:
    return compose(letter, config, TOKENS, NOW).raw


def addressed(**changes: str | None) -> Letter:
    address = ADDRESS | {key: value for key, value in changes.items() if value is not None}
    dropped = {key for key, value in changes.items() if value is None}
    return replace(LETTER, address={k: v for k, v in address.items() if k not in dropped})


def test_an_answer_stands_in_the_customer_s_thread() -> None:
    mail = parsed()
    assert (mail["In-Reply-To"], mail["References"]) == (
        "<2@example.org>",
        "<1@example.org> <2@example.org>",
    )
    assert mail["Subject"] == "Re: Lamp"


def test_the_last_mail_stands_last_in_the_references_and_they_are_bounded() -> None:
    many = " ".join(f"<{number}@example.org>" for number in range(100))
    found = str(parsed(addressed(references=many, in_reply_to="<99@example.org>"))["References"])
    ids = found.split()
    assert (ids[0], ids[-1], len(ids)) == ("<0@example.org>", "<99@example.org>", 20)


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Lamp", "Re: Lamp"),
        ("Re: Lamp", "Re: Lamp"),
        ("RE: Re:re: Lamp", "Re: Lamp"),
        ("Re[2]: Lamp", "Re: Lamp"),
        ("Regarding my lamp", "Re: Regarding my lamp"),
        ("", "Your message to us"),
        ("Re:", "Your message to us"),
        ("Lamp\r\nBcc: victim@example.org", "Re: Lamp Bcc: victim@example.org"),
    ],
)
def test_the_subject_has_exactly_one_re(subject: str, answer: str) -> None:
    assert subject_of(subject, "Your message to us") == answer


def test_the_message_id_is_the_same_for_every_attempt() -> None:
    later = compose(LETTER, CONFIG, TOKENS, NOW.replace(day=20))
    assert later.message_id == compose(LETTER, CONFIG, TOKENS, NOW).message_id


def test_all_three_keys_are_in_the_mail_and_name_the_thread() -> None:
    token = TOKENS.thread_token(REF)
    mail = parsed()
    assert f"support+{token}@lampandloom.example" in str(mail["Reply-To"])
    assert str(mail["Message-ID"]).startswith(f"<{token}.")
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert f"[ref:{token}]" in body.get_content()


def test_the_envelope_sender_names_the_mail_a_bounce_is_about() -> None:
    mail = compose(LETTER, CONFIG, TOKENS, NOW)
    token = mail.sender.partition("+b-")[2].partition("@")[0]
    assert TOKENS.read_sent(token, NOW.date()) == "17"
    own = CONFIG.model_copy(update={"bounce_domain": "bounces.lampandloom.example"})
    sender = compose(LETTER, own, TOKENS, NOW).sender
    assert sender == f"bounces+b-{token}@bounces.lampandloom.example"


def test_without_plus_addresses_the_other_two_keys_are_left() -> None:
    config = CONFIG.model_copy(update={"plus_addressing": False})
    mail = parsed(config=config)
    assert mail["Reply-To"] is None
    assert compose(LETTER, config, TOKENS, NOW).sender == "support@lampandloom.example"


def test_the_bot_says_that_it_is_one_and_a_person_does_not() -> None:
    bot = parsed()
    assert (bot["Auto-Submitted"], bot["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    agent = parsed(replace(LETTER, author=Author.AGENT, author_name="Maria"))
    assert (agent["Auto-Submitted"], agent["X-Auto-Response-Suppress"]) == (None, None)
    assert str(agent["From"]) == '"Maria (Lamp & Loom)" <support@lampandloom.example>'


def test_the_answer_comes_from_the_address_that_was_written_to() -> None:
    alias = parsed(addressed(**{"from": "hello@lampandloom.example"}))
    assert "hello@lampandloom.example" in str(alias["From"])
    foreign = parsed(addressed(**{"from": "ceo@bank.example"}))
    assert "support@lampandloom.example" in str(foreign["From"])


def test_one_mail_goes_to_one_person() -> None:
    mail = parsed()
    assert [one.addr_spec for one in mail["To"].addresses] == ["anna@example.org"]
    assert (mail["Cc"], mail["Bcc"]) == (None, None)


def test_names_and_subjects_of_any_script_come_back_as_they_were() -> None:
    subject = "Où est ma lampe très très longue ? " * 4 + "灯在哪里"
    mail = parsed(addressed(name="Zoë Çelik 王", subject=subject))
    assert mail["To"].addresses[0].display_name == "Zoë Çelik 王"
    assert mail["Subject"] == f"Re: {subject}"


def test_a_domain_outside_ascii_is_written_in_ascii() -> None:
    mail = compose(addressed(to="anna@bücher.example"), CONFIG, TOKENS, NOW)
    assert (mail.recipient, mail.needs_utf8) == ("anna@xn--bcher-kva.example", False)


def test_a_file_goes_along_with_its_name_and_type() -> None:
    files = [
        File("Rechnung für Zoë.pdf", "application/pdf", b"%PDF-1\x00\xff"),
        File("a.html", "text/html", "<p>ü</p>".encode()),
        File("../../etc/passwd\r\nX: y", "nonsense", b"x"),
        File("fwd.eml", "message/rfc822", b"Subject: x\r\n\r\ny"),
    ]
    found = list(parsed(replace(LETTER, files=files)).iter_attachments())
    assert [one.get_content_type() for one in found] == [
        "application/pdf",
        "text/html",
        "application/octet-stream",
        "application/octet-stream",
    ]
    assert found[0].get_filename() == "Rechnung für Zoë.pdf"
    assert [one.get_payload(decode=True) for one in found] == [one.content for one in files]
    assert "\n" not in str(found[2].get_filename())


def test_the_text_of_a_mail_comes_back_without_its_footer() -> None:
    text = "Line one\n\n-- \nnot a footer\n\n[ref:abc] neither"
    body = parsed(replace(LETTER, text=text)).get_body(("plain",))
    assert body is not None
    assert without_footer(body.get_content().replace("\r\n", "\n")) == text


@pytest.mark.parametrize(
    "to", ["", "anna", "@example.org", "a b@example.org", "anna@example.org>\r\nRCPT TO:<x@y.z"]
)
def test_what_is_no_address_is_never_written_to(to: str) -> None:
    with pytest.raises(Unsendable):
        composed(addressed(to=to))


def test_an_address_without_its_thread_is_refused() -> None:
    with pytest.raises(Unsendable, match="marked for answers"):
        composed(addressed(thread=None))


ANY = st.text(max_size=80)
LINES = st.lists(st.sampled_from(["\r\n", "\n", "\r", "\x00", "\u2028", "Bcc: x@y.z", "=?", " "]))
WILD = st.one_of(ANY, LINES.map("".join), st.text(alphabet='<>@,;:"\\\r\n é', max_size=40))


@given(subject=WILD, name=WILD, ids=WILD, agent=WILD, text=ANY, filename=WILD)
def test_nothing_a_customer_wrote_begins_a_header_or_a_long_line(
    subject: str, name: str, ids: str, agent: str, text: str, filename: str
) -> None:
    letter = addressed(subject=subject, name=name, in_reply_to=ids, references=ids)
    letter = replace(
        letter,
        text=text,
        author=Author.AGENT,
        author_name=agent,
        files=[File(filename, "text/plain", b"x")],
    )
    raw = composed(letter)
    mail = message_from_bytes(raw, policy=policy.compat32)
    assert sorted(set(mail.keys())) == sorted(mail.keys())
    assert set(mail.keys()) <= {
        "From", "Reply-To", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
        "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert raw.replace(b"\r\n", b"").find(b"\n") == raw.replace(b"\r\n", b"").find(b"\r") == -1
