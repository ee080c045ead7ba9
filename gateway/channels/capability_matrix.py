"""What every channel can do, as one table: for the terminal and for the documentation.

It reads declarations and nothing else; whether a declaration is true is the conformance kit's to
say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from core.channel import AdapterSpec, Capabilities, TextFormat, Transport

_TRANSPORTS = {
    Transport.WEBHOOK: "the provider calls",
    Transport.SOCKET: "a socket of ours",
    Transport.PULL: "we fetch",
}
_FORMATS = {TextFormat.PLAIN: "plain", TextFormat.MARKDOWN: "Markdown", TextFormat.HTML: "HTML"}
_OVERFLOW = {"split": "is split", "refuse": "is refused"}
_HOUR = 3600

PAGE = """\
# What each channel can do

Made by `onethread adapters list --markdown` from what our own channels declare.
`onethread adapters check NAME` proves each of these, and that nothing else is done.
[Add a channel](add-a-channel.md) says how to make another one.

"""


def _yes(holds: bool) -> str:
    return "yes" if holds else ""


def _window(can: Capabilities) -> str:
    seconds = can.reply_window_seconds
    return "any time" if seconds is None else f"within {seconds / _HOUR:g} hours"


ROWS: Mapping[str, tuple[str, Callable[[Capabilities], str]]] = {
    "transport": ("messages come in", lambda can: _TRANSPORTS[can.transport]),
    "text_format": ("text is shown as", lambda can: _FORMATS[can.text_format]),
    "text_limit": (
        "longest text",
        lambda can: "any" if can.text_limit is None else f"{can.text_limit} characters",
    ),
    "overflow": (
        "a longer one",
        lambda can: "" if can.text_limit is None else _OVERFLOW.get(can.overflow, can.overflow),
    ),
    "attachments_in": ("files come in", lambda can: _yes(can.attachments_in)),
    "attachments_out": ("files go out", lambda can: _yes(can.attachments_out)),
    "threads": ("threads", lambda can: _yes(can.threads)),
    "quick_replies": (
        "choices to pick",
        lambda can: f"up to {can.quick_replies}" if can.quick_replies else "as a numbered list",
    ),
    "delivery_status": ("delivered is reported", lambda can: _yes(can.delivery_status)),
    "read_status": ("read is reported", lambda can: _yes(can.read_status)),
    "typing": ("typing is shown", lambda can: _yes(can.typing)),
    "private_reply": ("private answer in a room", lambda can: _yes(can.private_reply)),
    "reply_window_seconds": ("may be answered", _window),
    "idempotent_send": ("sent again, arrives once", lambda can: _yes(can.idempotent_send)),
    "reconcile": ("a lost send is found again", lambda can: _yes(can.reconcile)),
    "catch_up": ("missed messages are fetched", lambda can: _yes(can.catch_up)),
}
"""One row for each field of `Capabilities`: its title, and what stands in it."""


def rows(specs: Sequence[AdapterSpec]) -> Sequence[Sequence[str]]:
    """A row for each capability: its title, then one cell for each channel."""
    return [[title, *(cell(one.capabilities) for one in specs)] for title, cell in ROWS.values()]


def page(specs: Sequence[AdapterSpec]) -> str:
    """The page of the documentation, in Markdown."""
    lines = [["", *(one.title for one in specs)], ["---"] * (len(specs) + 1), *rows(specs)]
    return PAGE + "".join(f"| {' | '.join(line)} |\n" for line in lines)
