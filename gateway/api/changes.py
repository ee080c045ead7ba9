"""The endpoints that change something: what people do with a case, and with trouble.

Each is one unit of memory, named with its actor, followed by word to whoever watches. What a person
may not do is answered as a conflict, in the words of the unit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.channel import CannotRender
from core.clock import to_micros
from core.message import Attachment, Author, OutboundMessage
from gateway.access.gate import Problem
from gateway.access.roles import Right
from gateway.api import presence as api_presence
from gateway.api.calls import Call, Endpoint
from gateway.api.files import clean_type
from gateway.api.models import Answer, AnswerFile, Empty
from gateway.channels.enclosures import clean_name
from gateway.events import Event
from memory.pages.lists import handoff_page
from memory.units.messages import parking
from memory.units.people import cases as people
from memory.units.people.cases import AgentAnswer, HandoffChange, PeopleProblem
from memory.units.people.letters import retry_letter

_CONFLICT = {409: "The case is closed, somebody else has it, or nothing may be sent there."}


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A person's answer as it was stored: the message, and the parts that are on their way."""

    message_id: str
    conversation_id: int
    delivery_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Retried:
    """Something that got stuck is on its way again."""

    id: int


async def take(call: Call) -> HandoffChange:
    return await _change_handoff(call, people.take, "taken")


async def hand_back(call: Call) -> HandoffChange:
    return await _change_handoff(call, people.hand_back, "handed back")


async def resolve(call: Call) -> HandoffChange:
    return await _change_handoff(call, people.resolve, "resolved")


HandoffUnit = Callable[..., HandoffChange]


async def _change_handoff(call: Call, unit: HandoffUnit, state: str) -> HandoffChange:
    services = call.services
    now = to_micros(services.now())
    try:
        changed = await services.store.run(unit, call.id("id"), call.actor, now, services.new_id())
    except PeopleProblem as problem:
        raise _refused(problem, "path: id") from None
    _tell(call, "handoff", changed.customer_id, changed.conversation_id, {"state": state})
    services.wake(changed.conversation_id)
    return changed


async def answer(call: Call) -> AnswerView:
    body, services = call.body_as(Answer), call.services
    now = to_micros(services.now())
    handoff = await services.store.read(handoff_page, call.id("id"), now)
    if handoff is None:
        raise Problem(404, "There is no handoff with this id.", where="path: id")
    files = tuple([await _file(call, one) for one in body.files])
    message = OutboundMessage(
        body.text, attachments=files, author=Author.AGENT, author_name=body.name
    )
    try:
        parts = services.renderers[handoff.account](message)
        answered = await services.store.run(
            people.answer,
            AgentAnswer(
                agent=call.actor,
                text=body.text,
                tokens=services.count_tokens(body.text),
                payloads=tuple(part.payload for part in parts),
                ids=tuple(services.new_id() for _ in parts),
                audit_id=services.new_id(),
                now=now,
                handoff_id=handoff.id,
                name=body.name,
                attachments=files,
            ),
        )
    except KeyError:
        raise Problem(
            409,
            f"The channel account “{handoff.account}” is not enabled any more.",
            where="path: id",
            fix="Enable it in config.toml.",
        ) from None
    except CannotRender as error:
        field = "body: files" if files else "body: text"
        raise Problem(422, str(error), where=field) from None
    except PeopleProblem as problem:
        raise _refused(problem, "path: id") from None
    where = (answered.customer_id, answered.conversation_id)
    _tell(call, "message", *where, {"message_id": answered.message_id, "author": "agent"})
    _tell(call, "handoff", *where, {"state": "answered"})
    services.wake(answered.conversation_id)
    return AnswerView(answered.message_id, answered.conversation_id, answered.delivery_ids)


async def _file(call: Call, one: AnswerFile) -> Attachment:
    """A file that is kept, as it goes out. Raises `Problem` when it is not kept here."""
    try:
        content = await call.services.files.read(one.reference)
    except LookupError:
        raise Problem(
            422, "That file is not kept here.", where="body: files", fix="Send it to /files first."
        ) from None
    return Attachment(clean_name(one.name), clean_type(one.media_type), one.reference, len(content))


async def retry(call: Call) -> Retried:
    kind, services = call.path["kind"], call.services
    if kind not in ("inbound", "delivery"):
        raise Problem(404, "There is no such kind.", where="path: kind", fix="inbound or delivery")
    row_id, now = call.id("id"), to_micros(services.now())
    audit_id = services.new_id()
    if not await services.store.run(retry_letter, kind, row_id, call.actor, now, audit_id):
        wrong = "It is not stuck any more, or it held a code, which is kept no longer."
        raise Problem(409, wrong, where="path: id", fix="Read the list.")
    _tell(call, "delivery", None, None, {"state": "retried"})
    services.wake(0)
    return Retried(row_id)


@dataclass(frozen=True, slots=True)
class Dismissed:
    """Somebody has seen to what could not be read."""

    id: int


async def dismiss(call: Call) -> Dismissed:
    row_id, services = call.id("id"), call.services
    now, audit_id = to_micros(services.now()), services.new_id()
    if not await services.store.run(parking.dismiss, row_id, call.actor, now, audit_id):
        raise Problem(409, "It is not waiting any more.", where="path: id", fix="Read the list.")
    _tell(call, "delivery", None, None, {"state": "dismissed"})
    return Dismissed(row_id)


def _tell(
    call: Call, kind: str, customer: int | None, conversation: int | None, data: dict[str, object]
) -> None:
    bus = call.services.bus
    if bus.listening:
        bus.publish(Event(kind, call.services.now(), customer, conversation, data))


def _refused(problem: Exception, where: str) -> Problem:
    words = str(problem)
    return Problem(409, f"{words[:1].upper()}{words[1:]}.", where=where)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/handoffs/{id}/take",
        "Take a case that waits.",
        HandoffChange,
        take,
        Right.ANSWER,
        body=Empty,
        errors=_CONFLICT,
    ),
    Endpoint(
        "POST",
        "/handoffs/{id}/answer",
        "Answer on the customer's channel, as a person.",
        AnswerView,
        answer,
        Right.ANSWER,
        body=Answer,
        errors=_CONFLICT,
    ),
    Endpoint(
        "POST",
        "/handoffs/{id}/hand-back",
        "Let the bot answer again.",
        HandoffChange,
        hand_back,
        Right.ANSWER,
        body=Empty,
        errors=_CONFLICT,
    ),
    Endpoint(
        "POST",
        "/handoffs/{id}/resolve",
        "Close the case.",
        HandoffChange,
        resolve,
        Right.ANSWER,
        body=Empty,
        errors=_CONFLICT,
    ),
    *api_presence.ENDPOINTS,
    Endpoint(
        "POST",
        "/dead-letters/{kind}/{id}/retry",
        "Try again what got stuck.",
        Retried,
        retry,
        Right.OPERATE,
        body=Empty,
        errors={409: "It is not stuck any more."},
    ),
    Endpoint(
        "POST",
        "/dead-letters/parked/{id}/dismiss",
        "What could not be read has been seen to.",
        Dismissed,
        dismiss,
        Right.OPERATE,
        body=Empty,
        errors={409: "It is not waiting any more."},
    ),
)
