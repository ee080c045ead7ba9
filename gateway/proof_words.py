"""What is written to an address about who somebody is: a code, a notice that two are one, an end.

These texts go to whoever reads there, who may be a stranger: they hold nothing of any customer, and
every one says how to object. Pure.
"""

from __future__ import annotations

from datetime import timedelta

from core.addresses import masked
from core.message import OutboundMessage, QuickReply
from core.secrets import CODE, marker

_CODE = (
    "{business}: somebody who writes to us says that this address is theirs too. If that is you, "
    "type this code where you asked for it: {code}. It is good for {minutes} minutes.{link} If it "
    "was not you, ignore this, or answer NOT ME."
)
_LINK = " Or open this page where you are chatting with us: {link}"
_JOINED = (
    "{business}: a code that we sent to {target} was just shown by {asker}. We now take both for "
    "the same customer. If that was not you, answer NOT ME, and we part them at once."
)
_PARTED = (
    "{business}: somebody who writes from {handle} told us that they are not you. We have parted "
    "that address from this one, and a person looks at it."
)
_LINK_GONE = "[link removed]"
NOT_ME = QuickReply("Not me", "not me")


def code_message(business: str, code: str, life: timedelta, link: str | None) -> OutboundMessage:
    """The message that carries a code, and the link that shows it, if there is one."""
    return _said(_code_text(business, code, life, link))


def code_kept(business: str, life: timedelta, link: str | None) -> str:
    """What is kept of that message."""
    return _code_text(business, marker(CODE), life, None if link is None else _LINK_GONE)


def joined_message(business: str, asker_key: str, target_key: str) -> OutboundMessage:
    """The notice that two addresses were joined."""
    return _said(
        _JOINED.format(business=business, target=masked(target_key), asker=masked(asker_key))
    )


def parted_message(business: str, handle_key: str) -> OutboundMessage:
    """The word to the other addresses that one of them was parted off."""
    return OutboundMessage(_PARTED.format(business=business, handle=masked(handle_key)))


def shown_message(target_key: str) -> OutboundMessage:
    """What somebody is told in the chat whose link was right."""
    return OutboundMessage(
        f"Thank you. You have shown that you read {masked(target_key)}, so we know you there too."
    )


def refused_message() -> OutboundMessage:
    """What somebody is told in the chat whose link showed nothing."""
    return OutboundMessage(
        "That link does not work any more, or it was asked for elsewhere. Type the code instead, "
        "or ask for another one."
    )


def _code_text(business: str, code: str, life: timedelta, link: str | None) -> str:
    minutes = max(1, round(life.total_seconds() / 60))
    told = "" if link is None else _LINK.format(link=link)
    return _CODE.format(business=business, code=code, minutes=minutes, link=told)


def _said(text: str) -> OutboundMessage:
    return OutboundMessage(text, quick_replies=(NOT_ME,))
