"""The rules about rendering: pure, storable, and in no richer a form than is declared.

How long a part may be is a rule of `rules_sending`, where the parts are sent.
"""

from __future__ import annotations

from adapters.testing.bench import Account, Bench, stored
from adapters.testing.rule import Rule
from adapters.testing.verdict import demand
from core.channel import TextFormat
from core.message import OutboundMessage

_MARKED = OutboundMessage("Your order is **on its way**.")
_DROPPED = "Emphasis is dropped."


async def pure(bench: Bench) -> None:
    """A message is rendered the same each time, into what a store takes."""
    account = await bench.account()
    first, again = account.render(_MARKED), account.render(_MARKED)
    demand(first == again, "a message is rendered into other parts the second time")
    demand(first, "a message is rendered into no part at all")
    for part in first:
        stored(part.payload)


async def text_format(bench: Bench) -> None:
    """Marks go out as the declared form has them: none, CommonMark or the like, or HTML."""
    account = await bench.account()
    form = account.harness.spec.capabilities.text_format
    shown, notes = _shown(account)
    if form is TextFormat.PLAIN:
        demand(
            "**" not in shown and "<strong>" not in shown,
            f"text_format is PLAIN, and marks go out: {shown}",
        )
    elif form is TextFormat.MARKDOWN:
        demand(
            "*on its way*" in shown and _DROPPED not in notes,
            f"text_format is MARKDOWN, and the marks are lost: {shown}",
        )
    else:
        demand(
            "<strong>on its way</strong>" in shown or "<b>on its way</b>" in shown,
            f"text_format is HTML, and no part of the payload is HTML: {shown}",
        )


RULES = (
    Rule("a message is rendered the same each time", pure),
    Rule("text_format is declared and proved", text_format),
)


def _shown(account: Account) -> tuple[str, tuple[str, ...]]:
    [part] = account.render(_MARKED)
    return str(stored(part.payload)), part.notes
