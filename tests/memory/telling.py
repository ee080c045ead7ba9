"""A bot that tells and remembers all it is given, for tests of who may be told what.

Each message holds a mark that names its writer. The bot repeats every mark it was handed, and puts
them into each field of the case, so that whatever is made of a message can be followed. Turns run
through the same units as the gateway's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from sqlalchemy import select
from sqlmodel import SQLModel

from core.clock import to_micros
from core.message import Assurance, Audience, Author, OutboundMessage, RenderedPart
from core.turn import Decision, Escalation, Fact, Said, SlotValue, TurnInput
from gateway.turns.provenance import given
from gateway.turns.rows import Ids, build_commit
from memory.pages.customer import customer_page, timeline
from memory.pages.lists import conversations, handoff_page, queue, turn_page
from memory.readable.context import load_context
from memory.readable.sender import ContextQuery
from memory.recall.choosing import recall
from memory.recall.indexed_thread import index
from memory.recall.standing_block import Known
from memory.resume import log_after
from memory.tables.main import Conversation, Handoff, Turn
from memory.tables.rows import table
from memory.units.messages.claims import Claim, Claimed, claim
from memory.units.messages.turns import commit
from tests.memory.world import Place, World

_MARK = re.compile(r"mark-(\w+?)-\d+")
_LEASE = 60_000_000


@dataclass
class Telling:
    """The people of `names`, by their handles' keys, and the bot they write to.

    `born` is the status with which its answers begin their way.
    """

    world: World
    names: dict[str, str]
    born: str = "sent"
    _marks: Iterator[int] = field(default_factory=lambda: count(1))

    def write(self, who: str, *, hand_over: bool = False, level: Assurance | None = None) -> Place:
        """One message with a new mark, and the turn that answers it."""
        place = self.world.say(who, self._mark(who), waiting=True, level=level)
        self.turn(self.world.customer(place.handle_id), hand_over=hand_over)
        return place

    def turn(self, customer_id: int, *, hand_over: bool = False) -> None:
        """A turn over what waits for this customer, oldest conversation first."""
        connection, now = self.world.connection, self.world.micros()
        (claimed,) = claim(connection, [Claim(customer_id, "bot", now, now + _LEASE)])
        assert claimed.thread is not None
        last = claimed.waiting[-1]
        level = Assurance(min(one.assurance for one in claimed.waiting))
        query = ContextQuery(customer_id, last.handle_id, last.conversation_id, level, now)
        context = load_context(connection, query)
        asked = [_said(claimed, one.message_id, one.text, self.world) for one in claimed.waiting]
        known = recall(
            index(context.thread), last.text, Known(context.facts), self.world.now, 100_000
        )
        turn = TurnInput(
            id=str(self.world.id()),
            now=self.world.now,
            channel=claimed.thread.channel,
            audience=Audience(claimed.thread.audience),
            sender=context.sender,
            messages=tuple(asked),
            case_id=None if context.case_id is None else str(context.case_id),
            case=context.case,
            recall=known,
            in_handoff=context.in_handoff,
        )
        decision = self._decide(turn, hand_over=hand_over)
        had = given(context, turn, claimed.thread.handle_id)
        ids = Ids(self.world.id, "bot", 60.0)
        words = [] if decision.reply is None else [RenderedPart({"text": decision.reply.text})]
        change = build_commit(
            claimed, claimed.waiting, turn, decision, words, {"status": self.born}, 9,
            self.world.now, ids, given=had,
        )  # fmt: skip
        commit(connection, [change])

    def _decide(self, turn: TurnInput, *, hand_over: bool) -> Decision:
        """All that was given, repeated everywhere."""
        mine = turn.messages[-1]
        marks = sorted(set(_found(turn)))
        slot = SlotValue(mine.text, mine.text, mine.id, mine.handle, turn.sender.level)
        case = replace(
            turn.case,
            intent=mine.text,
            flow=marks[0],
            asking=marks[-1],
            slots=(*turn.case.slots, slot),
            offering=_offered(turn),
            refused=tuple(marks),
            done=tuple(marks),
            counters=dict.fromkeys(marks, 1),
            said=tuple(marks),
        )
        facts = [Fact(mine.text, mine.text, mine.id, mine.handle, turn.sender.level, turn.now)]
        facts += turn.recall.facts[-1:]
        silent = "people have it" if turn.in_handoff else None
        reply = None if silent else OutboundMessage(" ".join(marks))
        escalation = Escalation("asked", "general", "normal", "Asked.") if hand_over else None
        return Decision(
            reply=reply,
            silent=silent,
            intent=mine.text,
            case=case,
            facts=tuple(facts),
            escalation=None if turn.in_handoff else escalation,
            new_case=turn.case_id is None,
        )

    def _mark(self, who: str) -> str:
        return f"mark-{self.names[who]}-{next(self._marks)}"

    def told(self, who: str, level: Assurance) -> set[str]:
        """Whose marks this sender would be given in any of their conversations."""
        found: set[str] = set()
        for place in self._places(who):
            found.update(marks_in(self.world.sees(who, level, place)))
        return found

    def shown(self, who: str) -> set[str]:
        """Whose marks people see on the customer's pages, and the customer in the chat."""
        connection = self.world.connection
        row = self.world.handle_row(who)
        customer = int(row["customer_id"])
        found = marks_in(customer_page(connection, customer))
        found |= marks_in(timeline(connection, customer))
        mine = [one for one in conversations(connection) if one.customer_id == customer]
        found |= marks_in(mine)
        for one in mine:
            found |= marks_in(log_after(connection, one.account, self._key(one.id), 0))
        at = to_micros(self.world.now)
        for closed in (False, True):
            entries = queue(connection, at, closed=closed)
            found |= marks_in([one for one in entries if one.customer_id == customer])
        pages = [turn_page(connection, one) for one in self._ids(Turn)]
        found |= marks_in([one for one in pages if one and one.customer_id == customer])
        cases = [handoff_page(connection, one, at) for one in self._ids(Handoff)]
        found |= marks_in([one for one in cases if one and one.customer_id == customer])
        return found

    def everything(self) -> dict[str, object]:
        """All that anybody may be given or shown, of every handle at every level."""
        connection, seen = self.world.connection, dict[str, object]()
        for who in self.names:
            customer = int(self.world.handle_row(who)["customer_id"])
            seen[f"{who} page"] = customer_page(connection, customer)
            seen[f"{who} thread"] = timeline(connection, customer)
            for place in self._places(who):
                seen[f"{who} {place} log"] = log_after(
                    connection, self.world.row(Conversation, place)["account"], self._key(place), 0
                )
                for level in Assurance:
                    context = self.world.sees(who, level, place)
                    seen[f"{who} {place} {level}"] = replace(context, version=0)
        return seen

    def _places(self, who: str) -> list[int]:
        threads = table(Conversation)
        owner = self.world.handle_row(who)["id"]
        query = select(threads.c.id).where(threads.c.handle_id == owner)
        return list(self.world.connection.execute(query).scalars())

    def _ids(self, model: type[SQLModel]) -> list[int]:
        return list(self.world.connection.execute(select(table(model).c.id)).scalars())

    def _key(self, conversation_id: int) -> str:
        return str(self.world.row(Conversation, conversation_id)["key"])


def marks_in(data: object) -> set[str]:
    """The names in all marks in it, however deep."""
    return set(_MARK.findall(repr(data)))


def _found(turn: TurnInput) -> list[str]:
    return [one.group() for one in _MARK.finditer(repr(turn))]


def _offered(turn: TurnInput) -> SlotValue | None:
    if not turn.recall.facts:
        return None
    fact = turn.recall.facts[0]
    return SlotValue(fact.key, fact.value, fact.source, fact.handle, fact.level, confirmed=False)


def _said(claimed: Claimed, message_id: str, text: str, world: World) -> Said:
    assert claimed.thread is not None
    thread = claimed.thread
    handle = thread.handle_key
    return Said(message_id, world.now, thread.channel, Author.CUSTOMER, text, 3, handle)
