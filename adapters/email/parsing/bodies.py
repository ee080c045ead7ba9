"""Chooses from a mail's parts what people read, and keeps everything else as files.

The text is text/plain unless that is a stub that only points to the HTML. Nothing here is shown to
anybody yet: HTML leaves as it came. Limits bound what one mail can cost; what they cut is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from adapters.email.parsing.charsets import decode_text, printable
from adapters.email.parsing.flowed import unflowed
from adapters.email.parsing.headers import words
from adapters.email.parsing.html_text import text_of_html
from adapters.email.parsing.nesting import is_too_deep
from adapters.email.parsing.parts import Part, read_fields
from adapters.email.parsing.transfer import decoded
from core.message import Attachment

MAX_FILES = 50
MAX_TEXT = 200_000
MAX_HTML = 500_000
"""Characters that are read; the whole is in the raw mail."""

_LONGEST_NAME = 120
_SHORT = 200
_LONGEST_STUB = 1000
_TIMES_LONGER = 4
_STUB = re.compile(
    r"(?:does not|doesn't|cannot|can't|unable to|not able to|nicht|ne peut pas) (?:\w+ ){0,4}html"
    r"|html[- ](?:version|format|e-?mail|message|capable|enabled|ansicht)"
    r"|(?:view|read|open) (?:\w+ ){0,4}in (?:\w+ ){0,2}browser",
    re.IGNORECASE,
)
_DATA = re.compile(r"data:[^\s\"'<>)]{200,}", re.IGNORECASE)
_UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f]|^.*[/\\]")
_ID = re.compile(r"<?([^<>\s]{1,200})>?")
_EXTENSIONS = {
    "application/ms-tnef": "winmail.dat",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pgp-signature": "signature.asc",
    "text/calendar": "invitation.ics",
    "text/html": "page.html",
    "text/plain": "text.txt",
    "message/rfc822": "message.eml",
    "message/delivery-status": "delivery-status.txt",
}
"""What a file is called that came without a name."""
_SEALED = {
    "application/pkcs7-mime": "The mail is sealed by S/MIME; what it holds is in its file.",
    "application/x-pkcs7-mime": "The mail is sealed by S/MIME; what it holds is in its file.",
    "multipart/encrypted": "The mail is encrypted; what it holds is in its file.",
    "application/ms-tnef": "Outlook packed a part of the mail into winmail.dat.",
}
_REPORTS = frozenset({"message/delivery-status", "message/disposition-notification"})
_REPORTED = frozenset({"message/rfc822", "text/rfc822-headers", "message/global-headers"})


@dataclass(frozen=True, slots=True)
class Body:
    """What a mail says and holds. `reports` are machine-readable parts: type and text."""

    text: str = field(repr=False)
    from_html: bool
    html: str | None = field(repr=False)
    files: tuple[Attachment, ...]
    reports: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def read_body(mail: Part) -> Body:
    """The body of a mail that was taken apart."""
    reader = _Reader()
    reader.read(mail, "")
    return reader.body()


class _Reader:
    """Goes through the parts in their order."""

    def __init__(self) -> None:
        self._plain: list[str] = []
        self._html: list[str] = []
        self._files: list[Attachment] = []
        self._reports: list[tuple[str, str]] = []
        self._notes: dict[str, None] = {}
        self._left_out = 0
        self._room = MAX_TEXT + 1
        """Characters of plain text that are still read: one more than are kept, to tell of it."""

    def read(self, part: Part, parent: str) -> None:
        """One part, and what is in it."""
        if part.media_type in _SEALED:
            self._notes[_SEALED[part.media_type]] = None
        for inner in part.parts:
            self.read(inner, part.media_type)
        if part.parts:
            return
        if parent == "multipart/report" and part.media_type in _REPORTS | _REPORTED:
            self._reports.append((part.media_type, _told(decoded(part))))
        if part.media_type in ("text/plain", "text/html") and not _is_file(part):
            self._read_text(part)
        elif part.raw.strip() or part.fields.items:
            self._keep(part)

    def _read_text(self, part: Part) -> None:
        charset = part.parameters.get("charset")
        read = decode_text(decoded(part), charset)
        if read.guessed and charset:
            self._notes["The mail's letters had to be guessed; some may be wrong."] = None
        if part.media_type == "text/html":
            self._html.append(read.text)
            return
        most = 2 * self._room  # with a carriage return at each of its characters
        text = _clean(read.text[:most])[: self._room]
        self._room = 0 if len(read.text) > most else self._room - len(text)
        if part.parameters.get("format", "").lower() == "flowed":
            text = unflowed(text, delsp=part.parameters.get("delsp", "").lower() == "yes")
        self._plain.append(text)

    def _keep(self, part: Part) -> None:
        if len(self._files) == MAX_FILES:
            self._left_out += 1
            return
        content = decoded(part)
        identity = _ID.fullmatch((part.fields.first("content-id") or "").strip())
        self._files.append(
            Attachment(
                name=_name(part, content),
                media_type=part.media_type,
                reference="",
                size=len(content),
                content_id=identity[1] if identity else None,
                content=content,
            )
        )

    def body(self) -> Body:
        """What was found."""
        html = self._bounded_html()
        plain = "\n\n".join(one.strip("\n") for one in self._plain if one.strip())[:MAX_TEXT]
        if self._room <= 0:
            self._notes[f"Only the first {MAX_TEXT} characters of the text were read."] = None
        from_html, text = False, plain
        if html is not None and _may_be_stub(plain):
            shown = text_of_html(html)[:MAX_TEXT]
            if _is_stub(plain, shown):
                from_html, text = True, printable(shown)
        if html is not None and is_too_deep(html):
            from_html, html = False, None
            self._notes["The HTML is nested too deeply to be shown; this is its text."] = None
        if self._left_out:
            self._notes[f"{self._left_out} of the mail's files were left out."] = None
        return Body(
            text, from_html, html, tuple(self._files), tuple(self._reports), tuple(self._notes)
        )

    def _bounded_html(self) -> str | None:
        if not self._html:
            return None
        # A picture written into the page itself is never shown, and would hide the limit's meaning.
        html = _DATA.sub("data:,", "\n".join(self._html))
        if len(html) > MAX_HTML:
            self._notes[f"Only the first {MAX_HTML} characters of the HTML were read."] = None
        return _clean(html[:MAX_HTML])


def _is_file(part: Part) -> bool:
    """A text that its sender attached. An inline one with a name is attached too (Apple Mail)."""
    return part.disposition.value.lower() == "attachment" or bool(part.file_name)


def _may_be_stub(plain: str) -> bool:
    return len(plain) < _SHORT or (len(plain) < _LONGEST_STUB and bool(_STUB.search(plain)))


def _is_stub(plain: str, shown: str) -> bool:
    """A text that says less than the HTML beside it, or only where to find it."""
    if not shown.strip():
        return False
    if not plain.strip() or _STUB.search(plain):
        return True
    return len(shown) > _TIMES_LONGER * len(plain) + _SHORT


def _name(part: Part, content: bytes) -> str:
    """What the sender calls the file, without a path; its type's usual name if nothing."""
    name = _UNSAFE_NAME.sub("", words(part.file_name or "", 1000)).strip()
    if name:
        stem, dot, extension = name.rpartition(".")
        if len(name) <= _LONGEST_NAME:
            return name
        return f"{stem[: _LONGEST_NAME - len(extension) - 1]}{dot}{extension}"[:_LONGEST_NAME]
    if part.media_type == "message/rfc822":
        subject = words(read_fields(content[:10_000]).first("subject") or "", 60)
        if subject:
            return f"{_UNSAFE_NAME.sub('', subject)}.eml"
    return _EXTENSIONS.get(part.media_type, f"{part.main_type}.bin")


def _told(raw: bytes) -> str:
    return _clean(decode_text(raw[:MAX_TEXT], "utf-8").text)


def _clean(text: str) -> str:
    return printable(text.replace("\r\n", "\n").replace("\r", "\n"))
