"""What is written to an address about who somebody is: a code, a notice that two are one, an end.

These texts go to whoever reads there, who may be a stranger: they hold nothing of any customer. The
playbook words them, and what they must hold they hold whatever it says. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from core.addresses import masked
from core.answers.notices import HOLDS
from core.answers.sentences import fill
from core.answers.wording import variants
from core.message import OutboundMessage, QuickReply
from core.playbook.model import Playbook
from core.secrets import CODE, marker

LINK_GONE = "[link removed]"


def code_message(
    playbook: Playbook, code: str, life: timedelta, link: str | None
) -> OutboundMessage:
    """The message that carries a code, and the link that shows it, if there is one."""
    minutes = str(max(1, round(life.total_seconds() / 60)))
    text = _worded(playbook, "code_message", {"code": code, "minutes": minutes})
    if link is not None:
        text = f"{text} {_worded(playbook, 'code_link', {'link': link})}"
    return _objectionable(playbook, text)


def hidden(code: str, link: str | None, token: str | None) -> Mapping[str, str]:
    """The secrets of that message, and what is kept in their place."""
    links = (one for one in (link, token) if one is not None)
    return {code: marker(CODE), **dict.fromkeys(links, LINK_GONE)}


def joined_message(playbook: Playbook, asker_key: str, target_key: str) -> OutboundMessage:
    """The notice that two addresses were joined."""
    words = {"target": masked(target_key), "asker": masked(asker_key)}
    return _objectionable(playbook, _worded(playbook, "joined_notice", words))


def parted_message(playbook: Playbook, handle_key: str) -> OutboundMessage:
    """The word to the other addresses that one of them was parted off."""
    return OutboundMessage(_worded(playbook, "parted_notice", {"handle": masked(handle_key)}))


def shown_message(playbook: Playbook, target_key: str) -> OutboundMessage:
    """What somebody is told in the chat whose link was right."""
    return OutboundMessage(_worded(playbook, "link_shown", {"target": masked(target_key)}))


def refused_message(playbook: Playbook) -> OutboundMessage:
    """What somebody is told in the chat whose link showed nothing."""
    return OutboundMessage(_worded(playbook, "link_refused", {}))


def _worded(playbook: Playbook, key: str, words: Mapping[str, str]) -> str:
    """The playbook's wording, or the built-in one where that lacks what it must hold."""
    known = {"business": playbook.business, "not_me": _not_me(playbook), **words}
    texts = variants(playbook, key)
    whole = (one for one in texts if all(f"{{{name}}}" in one for name in HOLDS.get(key, ())))
    filled = (fill(one, known) for one in whole)
    return next(text for text in filled if text is not None)


def _not_me(playbook: Playbook) -> str:
    return variants(playbook, "not_me")[0]


def _objectionable(playbook: Playbook, text: str) -> OutboundMessage:
    """A message to which whoever reads it can object by a button, too."""
    words = _not_me(playbook)
    return OutboundMessage(text, quick_replies=(QuickReply(words.capitalize(), words.lower()),))
