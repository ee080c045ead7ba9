"""The endpoints of files: a message as it came, what was attached to it, and files to be sent.

Bytes that a stranger sent are given out so that no browser takes them for a page of ours: as a
download, sealed by a policy of their own, and HTML only without scripts and without the network.
"""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from pydantic import Field

from core.channel import SendError
from core.message import Attachment
from gateway.access.gate import Problem
from gateway.access.roles import Right
from gateway.api.calls import Call, Endpoint, parse_id
from gateway.api.models import Body, Line
from gateway.channels.enclosures import clean_name
from gateway.files import PREFIX
from memory.pages.message import kept_message
from memory.pages.views import AttachmentView, KeptMessage
from memory.units.messages.attachments import KeptFile, keep_reference
from memory.units.messages.parking import parked_file

UPLOAD_LIMIT = 10 * 1024 * 1024
"""Bytes of one file that a person attaches to an answer."""

_INLINE_LIMIT = 8 * 1024 * 1024
"""Bytes of the pictures that are shown within a mail's HTML, all together."""

_SEALED = "sandbox; default-src 'none'; frame-ancestors 'none'"
_MAIL = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
_PLAIN = _PICTURES | {"application/pdf", "text/plain", "text/csv", "audio/mpeg", "video/mp4"}
_ANY = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
_CONTENT_ID = re.compile(r"""(src\s*=\s*)(["'])cid:([^"'<>\s]+)\2""", re.IGNORECASE)
_SHELL = (
    '<!doctype html><html><head><meta charset="utf-8"><base target="_blank">'
    "<style>:root{{color-scheme:light}}body{{margin:12px;background:#fff;color:#1c1f1e;"
    "font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}}img{{max-width:100%;height:auto}}"
    "</style></head><body>{}</body></html>"
)


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """Bytes as they are given out, whole or piece by piece. `name` is under what they are saved;
    without, they are shown."""

    content: bytes | AsyncIterator[bytes]
    media_type: str
    name: str | None
    policy: str = _SEALED

    def headers(self) -> Mapping[str, str]:
        """What keeps a browser from taking the bytes for anything else (RFC 6266, RFC 8187)."""
        headers = {"Content-Security-Policy": self.policy, "Referrer-Policy": "no-referrer"}
        if self.name is None:
            headers["X-Frame-Options"] = "SAMEORIGIN"
            return headers
        plain = re.sub(r"[^A-Za-z0-9._ -]", "_", self.name)
        headers["Content-Disposition"] = (
            f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(self.name, safe='')}"
        )
        return headers


@dataclass(frozen=True, slots=True)
class OriginalView:
    """A message as it came: everything that was written, and what else there is to look at."""

    text: str
    has_html: bool
    has_source: bool
    attachments: tuple[AttachmentView, ...]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is kept and can go with an answer."""

    reference: str
    name: str
    media_type: str
    size: int


class FileName(Body):
    """What an uploaded file is called."""

    name: Annotated[Line, Field(description="Shown to whoever receives it.")]


async def show_original(call: Call) -> OriginalView:
    kept = await _message(call)
    text = kept.words
    if kept.text is not None:
        text = (await _read(call, kept.text)).decode("utf-8", "replace")
    return OriginalView(text, kept.html is not None, kept.source is not None, kept.attachments)


async def show_html(call: Call) -> FileAnswer:
    """The mail's HTML within a page of its own: no script, no form, nothing from the network."""
    kept = await _message(call)
    if kept.html is None:
        raise Problem(404, "This message has no HTML.", where="path: message")
    html = (await _read(call, kept.html)).decode("utf-8", "replace")
    pictures = await _pictures(call, kept)
    shown = _CONTENT_ID.sub(
        lambda found: f"{found[1]}{found[2]}{pictures.get(found[3], '')}{found[2]}", html
    )
    return FileAnswer(_SHELL.format(shown).encode(), "text/html", None, _MAIL)


async def _pictures(call: Call, kept: KeptMessage) -> Mapping[str, str]:
    """The pictures that the HTML names (RFC 2392), as data: a sealed page may ask for nothing."""
    found: dict[str, str] = {}
    room = _INLINE_LIMIT
    for one, reference in zip(kept.attachments, kept.references, strict=True):
        if one.content_id is None or one.media_type not in _PICTURES:
            continue
        content = await _attached(call, kept, one, reference)
        room -= len(content)
        if room < 0:
            break
        data = base64.b64encode(content).decode()
        found[one.content_id.strip("<>")] = f"data:{one.media_type};base64,{data}"
    return found


async def show_source(call: Call) -> FileAnswer:
    kept = await _message(call)
    if kept.source is None:
        raise Problem(404, "The source of this message is not kept.", where="path: message")
    name = f"message-{call.path['message']}.txt"
    return FileAnswer(await _read(call, kept.source), "text/plain", name)


async def show_attachment(call: Call) -> FileAnswer:
    kept = await _message(call)
    number = parse_id(call.path["number"], "path: number")
    if number >= len(kept.attachments):
        raise Problem(404, "There is no attachment with this number.", where="path: number")
    one = kept.attachments[number]
    content = await _attached(call, kept, one, kept.references[number])
    return FileAnswer(content, _safe_type(one.media_type), clean_name(one.name))


async def _attached(call: Call, kept: KeptMessage, one: AttachmentView, reference: str) -> bytes:
    """The bytes of an attachment; what only the provider has is fetched once, and kept."""
    if reference.startswith(PREFIX):
        return await _read(call, reference)
    services = call.services
    fetch = services.fetchers.get(kept.account)
    if fetch is None:
        raise Problem(
            409,
            f"The channel account “{kept.account}” cannot fetch this file.",
            where="path: number",
            fix="Enable the account in config.toml.",
        )
    try:
        content = await fetch(Attachment(one.name, one.media_type, reference, one.size))
    except SendError as error:
        raise Problem(502, error.reason, where="the provider", fix="Try again later.") from None
    kept_as = await services.files.keep(content)
    conversation_id, seq = _message_id(call)
    file = KeptFile(conversation_id, seq, one.number, reference, kept_as, len(content))
    await services.store.run(keep_reference, file)
    return content


async def show_parked(call: Call) -> FileAnswer:
    """What came in and could not be read, as it came."""
    reference = await call.services.store.read(parked_file, call.id("id"))
    if reference is None:
        raise Problem(404, "There is nothing parked with this id.", where="path: id")
    return FileAnswer(await _read(call, reference), "text/plain", f"parked-{call.path['id']}.txt")


async def keep_file(call: Call) -> StoredFile:
    """Keep what a person attaches; its reference then goes with their answer."""
    if not call.content:
        raise Problem(422, "The file is empty.", where="body", fix="Choose another one.")
    reference = await call.services.files.keep(call.content)
    name = clean_name(call.query_as(FileName).name)
    return StoredFile(reference, name, clean_type(call.media_type), len(call.content))


def clean_type(media_type: str) -> str:
    """The media type in lower case, or that of any bytes when it is none (RFC 6838)."""
    plain = media_type.partition(";")[0].strip().lower()
    return plain if _MEDIA_TYPE.fullmatch(plain) else _ANY


def _safe_type(media_type: str) -> str:
    plain = clean_type(media_type)
    return plain if plain in _PLAIN else _ANY


def _message_id(call: Call) -> tuple[int, int]:
    conversation, _, seq = call.path["message"].partition("-")
    return parse_id(conversation, "path: message"), parse_id(seq, "path: message")


async def _message(call: Call) -> KeptMessage:
    kept = await call.services.store.read(kept_message, *_message_id(call))
    if kept is None:
        raise Problem(404, "There is no message with this id.", where="path: message")
    return kept


async def _read(call: Call, reference: str) -> bytes:
    try:
        return await call.services.files.read(reference)
    except LookupError as error:
        words = f"The file cannot be read: {error}."
        raise Problem(410, words, where="data.folder") from None


_GONE = {410: "The file is not kept any more."}

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/messages/{message}/original",
        "A message as it came, with its quotes and files.",
        OriginalView,
        show_original,
        Right.SEE,
        errors=_GONE,
    ),
    Endpoint(
        "GET",
        "/messages/{message}/html",
        "A mail's HTML as a page without scripts and without the network.",
        FileAnswer,
        show_html,
        Right.SEE,
        errors=_GONE,
    ),
    Endpoint(
        "GET",
        "/messages/{message}/source",
        "A message's raw source, as a download.",
        FileAnswer,
        show_source,
        Right.SEE,
        errors=_GONE,
    ),
    Endpoint(
        "GET",
        "/messages/{message}/attachments/{number}",
        "A file of a message, as a download.",
        FileAnswer,
        show_attachment,
        Right.SEE,
        errors={
            **_GONE,
            409: "The channel that has the file is not enabled.",
            502: "The provider does not give the file.",
        },
    ),
    Endpoint(
        "GET",
        "/dead-letters/parked/{id}/source",
        "What could not be read, as a download.",
        FileAnswer,
        show_parked,
        Right.OPERATE,
        errors=_GONE,
    ),
    Endpoint(
        "POST",
        "/files",
        "Keep a file, to be sent with an answer. The body is the file.",
        StoredFile,
        keep_file,
        Right.ANSWER,
        query=FileName,
        takes_file=UPLOAD_LIMIT,
    ),
)
