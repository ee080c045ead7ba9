"""What comes along with a message becomes files, before the message itself is stored.

Attachments and originals get references in place of their bytes; names and titles of strangers are
made harmless. Of a message in which there is a secret no original is kept. It stores no message.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from core.message import Attachment, InboundMessage, Original, Place
from core.secrets import CODE
from gateway.files import PREFIX, FileStore
from memory.expectations import Expectation

MOST_ATTACHMENTS = 100
LONGEST_NAME = 150
LONGEST_TITLE = 300
"""How many attachments of one message are kept, and characters of a name and of a title."""

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_KEY_LIMIT = 500
_TYPE = re.compile(r"[\w.+-]{1,80}/[\w.+-]{1,80}", re.ASCII)
_UNKNOWN_TYPE = "application/octet-stream"

FindSecrets = Callable[[str, str | None], tuple[str, Mapping[str, str]]]
"""A text without its secrets, and the digest of each by kind; told what is expected, if anything.
"""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The message without any bytes, and the references of its original by kind."""

    message: InboundMessage
    original: Mapping[str, str] = field(default_factory=dict)


async def enclose(
    message: InboundMessage, files: FileStore, find: FindSecrets, expected: Expectation
) -> Enclosed:
    """Keep what came along, durably. Raises `OSError` as the disk does.

    Where a secret was told before, an original may quote it, and is not kept either.
    """
    place, address = message.place, message.reply_address
    secret = expected.told or bool(find(message.text, expected.kind)[1])
    if place is not None:
        code = expected.kind if (expected.kind or "").startswith(CODE) else None
        told = clean_title(place.title)
        title, found = find(told, code)
        secret = secret or bool(found)
        place = Place(place.key[:_KEY_LIMIT], title)
        if found:
            # An answer to a mail repeats its subject.
            address = {name: value.replace(told, title) for name, value in address.items()}
    references: dict[str, str] = {}
    if message.original is not None and not secret:
        references = await _keep_original(message.original, files, find)
    attachments = [await _keep_one(one, files) for one in message.attachments[:MOST_ATTACHMENTS]]
    kept = replace(
        message,
        place=place,
        reply_address=address,
        attachments=tuple(attachments),
        original=None,
    )
    return Enclosed(kept, references)


def has_enclosures(message: InboundMessage) -> bool:
    """Whether anything came along that has to be looked at."""
    return bool(message.attachments) or message.original is not None or message.place is not None


def clean_name(name: str) -> str:
    """A file's name without folders, controls and marks that turn the writing around."""
    last = re.split(r"[/\\]", _UNSEEN.sub("", name))[-1].strip().strip(".")
    if len(last) > LONGEST_NAME:
        stem, dot, ending = last.rpartition(".")
        keep = dot + ending if stem and len(ending) <= 10 else ""
        last = last[: LONGEST_NAME - len(keep)] + keep
    return last or "file"


def clean_title(title: str) -> str:
    """A subject or a room's name, on one line."""
    return " ".join(_UNSEEN.sub(" ", title).split())[:LONGEST_TITLE]


async def _keep_original(original: Original, files: FileStore, find: FindSecrets) -> dict[str, str]:
    """The references of what there is of it; of nothing when any of it holds a secret."""
    words = "\n".join(one for one in (original.text, original.html) if one is not None)
    if (await asyncio.to_thread(find, words, None))[1]:
        return {}
    contents = {
        "text": original.text.encode(errors="replace"),
        "html": None if original.html is None else original.html.encode(errors="replace"),
        "source": original.source,
    }
    return {
        kind: await files.keep(content) for kind, content in contents.items() if content is not None
    }


async def _keep_one(one: Attachment, files: FileStore) -> Attachment:
    reference, size = one.reference, one.size
    if one.content is not None:
        reference, size = await files.keep(one.content), len(one.content)
    elif reference.startswith(PREFIX):
        # Only what came here as bytes is a file of ours: a stranger's word opens none.
        reference = ""
    media_type = one.media_type.lower()
    return Attachment(
        name=clean_name(one.name),
        media_type=media_type if _TYPE.fullmatch(media_type) else _UNKNOWN_TYPE,
        reference=reference,
        size=size,
        content_id=None if one.content_id is None else one.content_id[:LONGEST_NAME],
    )
