"""Where a text may be read: what a channel may carry, and where to point somebody instead.

The rules say how sensitive a text a channel may carry at most; a web visitor, who can be written to
nowhere else, is asked where an answer may go. Nothing is proved or sent here.
"""

from __future__ import annotations

from core.addresses import KINDS
from core.answers.sentences import choose
from core.answers.wording import speech, variants
from core.identity.rules import IdentityRules
from core.message import Audience, Author, Sensitivity
from core.playbook.model import Playbook
from core.turn import CaseState, TurnInput

_CLASSES = tuple(Sensitivity)
_CHANNEL_OF = {"phone": "sms", "email": "email", "login": "webchat", "slack": "slack"}


def is_above(turn: TurnInput, about: Sensitivity) -> bool:
    """Whether a text reveals more than this turn's channel may carry."""
    return not carries(turn.rules, turn.channel, about)


def carries(rules: IdentityRules, channel: str, about: Sensitivity) -> bool:
    """Whether a channel may carry a text of this class. All do that the rules do not name; where
    they name no class that there is, nothing but the general."""
    named = rules.disclosure.get(channel, Sensitivity.CONFIDENTIAL.value)
    most = next((at for at, one in enumerate(_CLASSES) if one.value == named), 0)
    return _CLASSES.index(about) <= most


def elsewhere_words(
    turn: TurnInput, case: CaseState, playbook: Playbook, about: Sensitivity
) -> str:
    """A short neutral text that says where to ask for it: where the sender is known."""
    channels = (_CHANNEL_OF.get(one.partition(":")[0], "") for one in turn.sender.proved)
    spoken = speech(playbook)
    by = spoken.by
    fit = sorted({one for one in channels if one in by and one != turn.channel}, key=list(by).index)
    able = [one for one in fit if carries(turn.rules, one, about)]
    words = {"where": f" {spoken.words['or']} ".join(by[one] for one in able)}
    texts = variants(playbook, "elsewhere")
    return choose(texts, words, case.said) or choose(texts, words, ()) or texts[-1]


def wrote_elsewhere(turn: TurnInput) -> str | None:
    """The channel on which the customer went on about this case until a moment ago, if it is
    another: what they said there is known here, and they should hear so once."""
    alone = turn.audience is Audience.ONE or turn.private_reply
    if not alone or turn.case_id is None or turn.case_ended or not turn.recall.exchanges:
        return None
    last = turn.recall.exchanges[-1].channel
    here = any(
        one.channel == turn.channel
        for one in turn.recall.exchanges
        if one.author is not Author.CUSTOMER
    )
    return None if here or last == turn.channel else last


def asks_where(turn: TurnInput) -> bool:
    """Whether to ask where to answer: a web visitor who can be written to nowhere else, once."""
    if turn.audience is not Audience.ONE or not turn.sender.handle.startswith("visitor:"):
        return False
    if turn.case.proof is not None or turn.reachable.isdisjoint(KINDS):
        return False
    return all(one.startswith("visitor:") for one in turn.sender.proved)


def where_words(playbook: Playbook, case: CaseState) -> str:
    """The question where an answer may go."""
    texts = variants(playbook, "where_to_answer")
    return choose(texts, {}, case.said) or texts[0]
