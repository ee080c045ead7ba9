"""As whom a message would be read that is only imagined, and what people may see of what it brings.

It asks as a turn would (`memory.readable.sender`): the handle, the conversation that it wrote in
last, and how well it was proved there. What is personal is then kept back from people, as on the
customer's page (`memory.pages.personal`), though the turn itself may know it. Reads only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from core.clock import Micros
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance, Author
from memory.pages.customer import root_of
from memory.pages.personal import PERSONAL, proved_reach
from memory.readable.context import Context
from memory.readable.sender import ContextQuery
from memory.tables.main import Conversation, Handle, Message
from memory.tables.rows import table

HIDDEN = "hidden"
"""What stands for people in the place of a value that is kept back."""

_conversation = table(Conversation)
_handle = table(Handle)
_message = table(Message)


@dataclass(frozen=True, slots=True)
class Imagined:
    """Who would write. `shown` says for the keys of handles up to which level people may see what
    is personal of them."""

    handle: str
    query: ContextQuery
    shown: Mapping[str, Assurance]

    def sealed(self, context: Context) -> Context:
        """The context without what is kept back from people: its values are replaced, so that it is
        chosen and counted much as in a turn."""
        facts = tuple(
            replace(one, value=HIDDEN, was=None) if self._hides(one.handle, one.needs) else one
            for one in context.facts
        )
        slots = tuple(
            replace(one, value=HIDDEN) if self._hides(one.handle, one.needs) else one
            for one in context.case.slots
        )
        offering = context.case.offering
        if offering is not None and self._hides(offering.handle, offering.needs):
            offering = replace(offering, value=HIDDEN)
        return replace(
            context, facts=facts, case=replace(context.case, slots=slots, offering=offering)
        )

    def _hides(self, handle: str, needs: Assurance) -> bool:
        return needs >= PERSONAL and self.shown.get(handle, Assurance.NONE) < needs


def imagine(
    connection: Connection,
    customer_id: int,
    handle: str | None,
    now: Micros,
    rules: IdentityRules = DEFAULT_RULES,
) -> Imagined | None:
    """Who would write from this handle, or from the one they wrote from last; nothing when there is
    no such customer, or it is not theirs."""
    root = root_of(connection, customer_id)
    if root is None:
        return None
    handles = connection.execute(select(_handle).where(_handle.c.customer_id == root)).all()
    living = [one for one in handles if one.retired_at is None and handle in (None, one.key)]
    if not living:
        return None
    own = max(living, key=lambda one: (one.seen_at, one.id))
    conversation, level = _last(connection, own.id)
    reach = proved_reach(connection, handles, now, rules)
    shown: dict[str, Assurance] = {}
    for one in handles:
        # Of two that have had one address, what holds for both.
        key, known = f"{one.kind}:{one.address}", reach.get(one.id, Assurance.NONE)
        shown[key] = min(known, shown.get(key, known))
    return Imagined(
        own.key, ContextQuery(root, own.id, conversation, level, now, rules=rules), shown
    )


def _last(connection: Connection, handle_id: int) -> tuple[int, Assurance]:
    """The conversation that a handle wrote in last, and how well it was proved there; for one that
    never wrote, none."""
    row = connection.execute(
        select(_message.c.conversation_id, _message.c.level)
        .select_from(_conversation)
        .join(_message, _message.c.conversation_id == _conversation.c.id)
        .where(
            _conversation.c.handle_id == handle_id,
            _message.c.handle_id == handle_id,
            _message.c.author == Author.CUSTOMER.value,
        )
        .order_by(_message.c.created_at.desc(), _message.c.seq.desc())
        .limit(1)
    ).first()
    return (0, Assurance.ASSERTED) if row is None else (row.conversation_id, Assurance(row.level))
