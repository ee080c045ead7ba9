"""When the bot has answered enough: the last line of defence where machines answer machines.

Two auto-responders that do not say what they are would go on for ever. What a mail says of itself
is the adapter's concern; here only what was said is counted. Pure: it is given the counts.
"""

from __future__ import annotations

from dataclasses import dataclass

_TALKATIVE = 5
"""Words from which on a text said twice in a row is taken for a machine's; people repeat "yes"."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the bot answered within the last hour: to this address in any thread, and in this
    thread, each since a person last wrote there; and whether the sender's last two messages are the
    same."""

    address: int
    thread: int
    same_text: bool


def why_enough(answers: Answers, limit: int, text: str) -> str | None:
    """Why no machine should answer `text`, in words for a person; nothing while it may."""
    if answers.same_text and len(text.split()) >= _TALKATIVE:
        return "The same message came twice in a row, as machines write them."
    if answers.address >= limit:
        return f"The bot has answered this address {answers.address} times within an hour."
    if answers.thread >= limit:
        return f"The bot has answered in this thread {answers.thread} times within an hour."
    return None
