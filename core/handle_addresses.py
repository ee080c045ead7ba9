"""Addresses as people and files write them, brought to the one form in which handles are kept.

A number needs its country: without one it could be two people's. Pure; whether anybody has an
address is not asked here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from core.message import Handle

_BETWEEN = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]+")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_LOCAL = re.compile(r"[^\s@\x00-\x1f\x7f\"(),:;<>\[\\\]]{1,64}")
_DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_SLACK = re.compile(r"[A-Z0-9]{2,20}:[A-Z0-9]{2,20}")
_LONGEST = 200


class AddressFault(ValueError):
    """An address that cannot be one of its kind: what is wrong, and in `mend` what to do."""

    def __init__(self, wrong: str, mend: str) -> None:
        super().__init__(wrong)
        self.mend = mend


def read_handle(kind: str, text: str) -> Handle:
    """The handle that a text names. Raises `AddressFault`.

    A phone is E.164 (ITU-T E.164: "+", then at most 15 digits); an e-mail address is kept in lower
    case, as mail is received here; a Slack member is "TEAM:USER".
    """
    reader = _READERS.get(kind)
    if reader is None:
        kinds = ", ".join(sorted(_READERS))
        raise AddressFault(
            f"Handles of the kind “{kind}” cannot be brought in.", f"Use one of: {kinds}."
        )
    return Handle(kind, reader(text.strip()))


def clean_phone(text: str) -> str:
    """A number in E.164. Raises `AddressFault`."""
    bare = _BETWEEN.sub("", text)
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    if _E164.fullmatch(bare) is None:
        raise AddressFault(
            f"“{_short(text)}” is no whole phone number.",
            "Write it with its country, such as +447700900142.",
        )
    return bare


def clean_email(text: str) -> str:
    """An address in lower case, its domain in ASCII (RFC 5890). Raises `AddressFault`."""
    local, at, domain = text.rpartition("@")
    fault = AddressFault(f"“{_short(text)}” is no e-mail address.", "Write it as name@example.com.")
    try:
        plain = domain.lower().encode("idna").decode() if not domain.isascii() else domain.lower()
    except UnicodeError:
        raise fault from None
    if not at or _LOCAL.fullmatch(local) is None or _DOMAIN.fullmatch(plain) is None:
        raise fault
    if local.startswith(".") or local.endswith(".") or ".." in local:
        raise fault
    return f"{local.lower()}@{plain}"


def _clean_slack(text: str) -> str:
    if _SLACK.fullmatch(text) is None:
        raise AddressFault(
            f"“{_short(text)}” names no Slack member.",
            "Write the workspace's and the member's id, such as T0123ABC:U0456DEF.",
        )
    return text


def _clean_name(text: str) -> str:
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise AddressFault(
            f"“{_short(text)}” is no id.", f"An id has 1 to {_LONGEST} characters that print."
        )
    return text


def _short(text: str) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text)
    return shown if len(shown) <= 60 else f"{shown[:59]}…"


_READERS: Mapping[str, Callable[[str], str]] = {
    "external": _clean_name,
    "login": _clean_name,
    "email": clean_email,
    "phone": clean_phone,
    "slack": _clean_slack,
}

BRINGABLE = tuple(_READERS)
"""The kinds of handle that a file or another system may bring, the one that identifies best first.

A visitor is a browser, which nobody can name from outside.
"""
