"""Addresses as people write them: their normal form as a handle's key, and a mask to name them by.

Pure. It proves nothing: an address in a text is what somebody typed, and whose it is, others say.
"""

from __future__ import annotations

import phonenumbers

from core.handle_addresses import AddressFault, read_handle

KINDS = ("email", "phone")
"""The kinds of address that people type."""


def email_key(text: str) -> str | None:
    """The key of a mail address in its normal form; nothing when it is none."""
    try:
        return read_handle("email", text.strip().strip("<>.,;")).key
    except AddressFault:
        return None


def phone_key(text: str, region: str) -> str | None:
    """The key of a phone number in E.164; nothing when it is none.

    `region` (ISO 3166-1, two letters) is where a number without a country code is at home; without
    one, such a number says too little.
    """
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return f"phone:{phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)}"


def is_region(text: str) -> bool:
    """Whether phone numbers are known of a region (ISO 3166-1, two capital letters)."""
    return text in phonenumbers.SUPPORTED_REGIONS


def masked(key: str) -> str:
    """An address as its owner will know it and nobody else: "j…@e….com", "…0142"."""
    kind, _, address = key.partition(":")
    if kind == "email" and "@" in address:
        local, _, domain = address.rpartition("@")
        name, dot, top = domain.rpartition(".")
        return f"{local[:1]}…@{name[:1]}…{dot}{top}"
    if kind == "phone":
        return f"…{address[-4:]}"
    return _NAMES.get(kind, kind)


_NAMES = {"slack": "Slack", "login": "your login", "visitor": "the chat"}
