"""What comes along with a message is kept as files, harmless, and nothing of a secret is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.message import Attachment, InboundMessage, Original
from core.message import Place as Room
from core.secrets import find_secrets
from gateway.channels.enclosures import (
    LONGEST_NAME,
    LONGEST_TITLE,
    MOST_ATTACHMENTS,
    Enclosed,
    clean_name,
    clean_title,
    enclose,
)
from gateway.files import FileStore
from memory.expectations import Expectation
from tests.memory.hot import inbound

CARD = "4111 1111 1111 1111"
ORIGINAL = Original("All of it.\n> a quote", "<p>All of it.</p>", b"From: ada\r\n\r\nAll of it.")


def find(text: str, expecting: str | None) -> tuple[str, dict[str, str]]:
    """The real finder of secrets."""
    return find_secrets(text, (), b"key", expecting)


async def kept(folder: Path, message: InboundMessage, expected: Expectation) -> Enclosed:
    """What becomes of the message."""
    return await enclose(message, FileStore(folder), find, expected)


def mail(text: str = "All of it.", original: Original | None = ORIGINAL) -> InboundMessage:
    """A mail with its original."""
    return replace(inbound("mail-1", text=text), original=original)


def files(folder: Path) -> list[Path]:
    """Every file that is kept."""
    return [one for one in folder.rglob("*") if one.is_file()]


async def test_the_original_can_be_read_again(tmp_path: Path) -> None:
    enclosed = await kept(tmp_path, mail(), Expectation())
    store = FileStore(tmp_path)
    read = {kind: await store.read(one) for kind, one in enclosed.original.items()}
    assert read == {
        "text": ORIGINAL.text.encode(),
        "html": str(ORIGINAL.html).encode(),
        "source": ORIGINAL.source,
    }
    assert enclosed.message.original is None


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (mail(f"my card is {CARD}"), Expectation()),
        (mail("1234"), Expectation("pin")),
        (mail(original=replace(ORIGINAL, text=f"> {CARD}")), Expectation()),
        (mail(original=replace(ORIGINAL, html=f"<p>{CARD}</p>")), Expectation()),
        (replace(mail(), place=Room("inbox", f"card {CARD}")), Expectation()),
        (mail(), Expectation(told=True)),
    ],
    ids=["text", "asked for", "quote", "html", "subject", "told before"],
)
async def test_no_original_is_kept_where_a_secret_is(
    tmp_path: Path, message: InboundMessage, expected: Expectation
) -> None:
    enclosed = await kept(tmp_path, message, expected)
    assert enclosed.original == {}
    assert files(tmp_path) == []


async def test_a_secret_leaves_the_title(tmp_path: Path) -> None:
    message = replace(mail(), place=Room("inbox", f"my card {CARD}"))
    place = (await kept(tmp_path, message, Expectation())).message.place
    assert place == Room("inbox", "my card [card removed]")


async def test_bytes_become_a_reference(tmp_path: Path) -> None:
    file = Attachment("a.png", "Image/PNG", "", content_id="logo@x", content=b"abc")
    message = replace(mail(), attachments=(file,))
    (one,) = (await kept(tmp_path, message, Expectation())).message.attachments
    assert await FileStore(tmp_path).read(one.reference) == b"abc"
    assert (one.name, one.media_type, one.size, one.content) == ("a.png", "image/png", 3, None)
    assert one.content_id == "logo@x"


async def test_what_the_provider_keeps_stays_with_it(tmp_path: Path) -> None:
    file = Attachment("a.png", "image/png", "https://provider.test/1", 3)
    message = replace(mail(), attachments=(file,))
    assert (await kept(tmp_path, message, Expectation())).message.attachments == (file,)


async def test_a_strangers_word_opens_no_file_of_ours(tmp_path: Path) -> None:
    reference = await FileStore(tmp_path).keep(b"somebody else's")
    message = replace(mail(), attachments=(Attachment("a", "text/plain", reference),))
    (one,) = (await kept(tmp_path, message, Expectation())).message.attachments
    assert one.reference == ""


async def test_a_type_that_is_none_is_unknown(tmp_path: Path) -> None:
    file = Attachment("a", "text/html\r\nX-Evil: 1", "", content=b"x")
    message = replace(mail(), attachments=(file,))
    (one,) = (await kept(tmp_path, message, Expectation())).message.attachments
    assert one.media_type == "application/octet-stream"


async def test_a_message_has_no_more_than_so_many_files(tmp_path: Path) -> None:
    many = (Attachment("a", "text/plain", "https://provider.test/1"),) * (MOST_ATTACHMENTS + 1)
    enclosed = await kept(tmp_path, replace(mail(), attachments=many), Expectation())
    assert len(enclosed.message.attachments) == MOST_ATTACHMENTS


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("bill.pdf", "bill.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\bill.pdf", "bill.pdf"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("exe.\u202egpj", "exe.gpj"),
        ("...", "file"),
        ("", "file"),
        ("Rechnung März.pdf", "Rechnung März.pdf"),
    ],
)
def test_a_name_is_only_a_name(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_a_long_name_keeps_its_ending() -> None:
    name = clean_name("x" * 999 + ".pdf")
    assert len(name) == LONGEST_NAME
    assert name.endswith("x.pdf")


def test_a_title_is_one_line_with_an_end() -> None:
    assert clean_title(" Where\r\n is\tmy\x00order? ") == "Where is my order?"
    assert len(clean_title("x" * 999)) == LONGEST_TITLE
