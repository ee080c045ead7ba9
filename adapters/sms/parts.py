"""What a message becomes as SMS and MMS: parts that Twilio takes, each with what it costs.

Pure. Pictures go with the first part. It says what cannot be carried; it sends nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters.sms.media_out import MOST_BYTES, MOST_FILES, TYPES
from core.channel import CannotRender, Capabilities, Transport
from core.gsm import encoding_of, normalise, segments
from core.message import Attachment, OutboundMessage, RenderedPart
from core.rendering import renderer
from core.splitting import split_text

LONGEST = 1600
"""Characters of one message; Twilio refuses a longer one (error 21617)."""

_render = renderer(Capabilities(transport=Transport.WEBHOOK, attachments_out=True))


def parts(message: OutboundMessage, *, mms: bool) -> Sequence[RenderedPart]:
    """Parts in sending order. Raises `CannotRender`.

    Characters are replaced before the text is cut: an ellipsis becomes three.
    """
    files = _files(message.attachments, mms=mms)
    notes: list[str] = []
    text = ""
    if message.text.strip() or message.quick_replies or not files:
        [whole] = _render(message)
        text = str(whole.payload["text"])
        notes.extend(whole.notes)
    if message.author_name:
        text = f"{message.author_name}: {text}".strip()
    pieces = [
        piece
        for part in split_text(normalise(text), LONGEST)
        for piece in split_text(normalise(part), LONGEST)
    ]
    if pieces == [""] and not files:
        raise CannotRender("Nothing of this text can be shown on this channel.")
    if len(pieces) > 1:
        notes.append(f"The text is split into {len(pieces)} parts.")
    first, *others = pieces
    return [_part(first, notes, files), *(_part(one) for one in others)]


def _files(attachments: Sequence[Attachment], *, mms: bool) -> list[dict[str, object]]:
    """The files as the payload names them. Raises `CannotRender`."""
    if attachments and not mms:
        raise CannotRender(
            "This number cannot carry pictures. If it can (numbers of the USA and Canada do), "
            "set mms = true for the account in config.toml."
        )
    if len(attachments) > MOST_FILES:
        raise CannotRender(f"An MMS carries at most {MOST_FILES} files.")
    if sum(one.size or 0 for one in attachments) > MOST_BYTES:
        raise CannotRender("The files of an MMS have at most 5 MB together.")
    for one in attachments:
        if one.media_type not in TYPES:
            raise CannotRender(f"An MMS cannot carry a file of the kind {one.media_type}.")
    return [
        {
            "name": one.name,
            "media_type": one.media_type,
            "reference": one.reference,
            "size": one.size,
        }
        for one in attachments
    ]


def _part(
    text: str, notes: Sequence[str] = (), files: Sequence[dict[str, object]] = ()
) -> RenderedPart:
    if files:
        # An MMS is one message, whatever its text; Twilio bills it as one.
        size = f"1 MMS with {len(files)} file{'s' if len(files) > 1 else ''}"
        return RenderedPart({"text": text, "attachments": list(files)}, (*notes, size))
    count = segments(text)
    size = f"{count} SMS segment{'s' if count > 1 else ''} ({encoding_of(text)})"
    return RenderedPart({"text": text}, (*notes, size))
