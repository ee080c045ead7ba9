"""Slack's text and plain text, one into the other: tokens in angle brackets and three entities.

Only `&`, `<` and `>` are special (https://docs.slack.dev/messaging/formatting-message-text): what
is escaped here can neither mention, link nor call a channel. Formatting marks are left as typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_TOKEN = re.compile(r"<([^<>\n]*)>")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_PLAIN = {"amp": "&", "lt": "<", "gt": ">"}
_SPACES = re.compile(r"[ \t]{2,}")
_BARE = re.compile(r"^(?:mailto:|tel:|https?://)")

Named = Callable[[str], str | None]
"""The name of a user by id, when it is known."""


def escape(text: str) -> str:
    """Plain text as Slack shows it, character by character."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The three entities as characters; each once, so that `&amp;lt;` is `&lt;`."""
    return _ENTITY.sub(lambda found: _PLAIN[found[1]], text) if "&" in text else text


def plain(text: str, own: str = "", named: Named | None = None) -> str:
    """What a person reads. The mention of `own` user is addressing, not content: it goes."""
    if "<" not in text:
        return unescape(text)
    mark = f"<@{own}>"
    if own and (mark in text or f"<@{own}|" in text):
        text = _without(text, own)
    return unescape(_TOKEN.sub(lambda found: _read(found[1], named), text))


def mentions(text: str, user: str) -> bool:
    """Whether the text calls this user."""
    return bool(user) and (f"<@{user}>" in text or f"<@{user}|" in text)


def calls_another(text: str, own: str) -> bool:
    """Whether the text begins by addressing somebody who is not us."""
    return text.startswith("<@") and not mentions(text, own)


def _without(text: str, user: str) -> str:
    """The text without a user's mentions, and without the gaps they leave."""
    rest = re.sub(rf"<@{re.escape(user)}(?:\|[^<>\n]*)?>[:,]?", " ", text)
    return _SPACES.sub(" ", rest).strip()


def _read(token: str, named: Named | None) -> str:
    """One token as words; its parts stay escaped, for they are unescaped with all the rest."""
    what, bar, label = token.partition("|")
    kind, rest = what[:1], what[1:]
    if kind == "@":
        return "@" + (label or (named(rest) if named else None) or "user").lstrip("@")
    if kind == "#":
        return "#" + (label or "channel").lstrip("#")
    if kind == "!":
        return _special(rest, label)
    bare = _BARE.sub("", what).rstrip("/")
    if not bar or not label or label.rstrip("/") in (what.rstrip("/"), bare):
        return _shown(what)
    return f"{label} ({_shown(what)})"


def _shown(address: str) -> str:
    return address if address.startswith("http") else _BARE.sub("", address)


def _special(what: str, label: str) -> str:
    """`<!here>`, `<!subteam^S1|@team>`, `<!date^123^{date}|15 May>`."""
    name = what.split("^", 1)[0]
    return label or f"@{name}"
