"""The rules about capabilities: what is declared is proved, and what can be done is declared.

Every field of `Capabilities` is in one of the two tables here or has a rule in another module. How
the two are to be understood: a declared one without a case in the harness does not hold.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from urllib.parse import parse_qsl

from adapters.testing import rules_sockets
from adapters.testing.bench import Account, Bench
from adapters.testing.harness import Harness, SocketHarness
from adapters.testing.provider import Behaviour
from adapters.testing.rule import Rule
from adapters.testing.rules_sockets import CHOICES, FILE
from adapters.testing.verdict import Broken, demand, fail
from core.channel import CannotRender, SendError, Transport, WebhookRequest
from core.channel_abilities import Absent, Attempt, CatchesUp, Fetches, Found, Reconciles
from core.message import Audience, DeliveryStatus, OutboundMessage, Sensitivity


async def threads(bench: Bench) -> None:
    """Two threads of one person are two conversations, and each is answered in its own."""
    account = await bench.account()
    here = await account.hear(account.said(thread=2))
    there = await account.hear(account.said(thread=3))
    more = await account.hear(account.said(thread=2))
    demand(
        here.conversation_key != there.conversation_key,
        "two threads have one conversation_key: take what names the thread into it, and have the "
        "harness heed said.thread",
    )
    demand(
        here.conversation_key == more.conversation_key,
        "two messages of one thread have two conversation_keys",
    )
    answers = [await account.reply("an answer", one.reply_address) for one in (here, there)]
    calls = [[(one.path, one.query, one.body) for one in answer] for answer in answers]
    demand(calls[0] != calls[1], "the answers to two threads are one and the same call")


async def no_threads(bench: Bench) -> None:
    """A channel without threads has one conversation for a person."""
    account = await bench.account()
    here = await account.hear(account.said(thread=2))
    there = await account.hear(account.said(thread=3))
    demand(
        here.conversation_key == there.conversation_key,
        "two threads have two conversation_keys: declare threads=True",
    )


async def attachments_in(bench: Bench) -> None:
    """A file that came in has its name, and its bytes can be had."""
    account = await bench.account()
    message = await account.hear(account.said("look", files=(FILE,)))
    demand(
        len(message.attachments) == 1,
        f"a message with a file came in with {len(message.attachments)} attachments: translate "
        "them, and have the harness heed said.files",
    )
    [found] = message.attachments
    demand(found.media_type == FILE.media_type, f"a picture came in as {found.media_type!r}")
    content = found.content
    if content is None:
        demand(
            isinstance(account.adapter, Fetches),
            "an attachment came in without content, and there is no fetch method to load it",
        )
        content = await account.within(account.adapter.fetch(found))
    demand(content == FILE.content, "the bytes of a file are not those that were sent")


async def no_attachments_in(bench: Bench) -> None:
    """A channel that takes no files has no method that fetches them."""
    account = await bench.account()
    demand(
        not isinstance(account.adapter, Fetches),
        "there is a fetch method: declare attachments_in=True",
    )


async def attachments_out(bench: Bench) -> None:
    """A file that goes out reaches the provider with all its bytes."""
    account = await bench.account()
    kept = account.file(FILE.name, FILE.media_type, FILE.content)
    address = await account.address()
    before = len(account.provider.calls)
    await account.reply("here it is", address, attachments=(kept,))
    calls = account.provider.calls[before:]
    if any(account.harness.has_file(one, FILE.content) for one in calls):
        return
    links = [link for one in calls for link in account.harness.links(one)]
    demand(
        links,
        "no call to the provider carries the file: read it by context.read_file(reference), which "
        'stands in the payload under "attachments"; if it goes in another form than raw bytes, '
        "override has_file in the harness, and if the provider loads it from us, links",
    )
    for link in links:
        received = await account.receive(asked_for(link))
        demand(
            received.response.body == FILE.content,
            "the address that the provider was given does not lead to the file's bytes",
        )


async def no_attachments_out(bench: Bench) -> None:
    """A channel that carries no files says so before anything is sent."""
    account = await bench.account()
    kept = account.file(FILE.name, FILE.media_type, FILE.content)
    try:
        account.render(OutboundMessage("here it is", attachments=(kept,)))
    except CannotRender:
        return
    fail("a message with a file was rendered: declare attachments_out=True or raise CannotRender")


async def delivery_status(bench: Bench) -> None:
    """A report moves the message it is about, and says when it failed."""
    account = await bench.account()
    provider_id = await _sent_id(account)
    told = [
        status
        for status in (DeliveryStatus.DELIVERED, DeliveryStatus.FAILED)
        if await _reported(account, provider_id, status)
    ]
    demand(
        told,
        "delivery_status is declared without a proof: override status (of a channel that fetches: "
        "report) in the harness",
    )


async def no_delivery_status(bench: Bench) -> None:
    """A channel that reports what became of messages declares it."""
    account = await bench.account()
    demand(
        await account.report("1", DeliveryStatus.DELIVERED) is None,
        "the provider reports deliveries: declare delivery_status=True",
    )


async def read_status(bench: Bench) -> None:
    """A report that a message was read is told as that."""
    account = await bench.account()
    demand(
        await _reported(account, await _sent_id(account), DeliveryStatus.READ),
        "read_status is declared without a proof: let the harness's status give a report for READ",
    )


async def quick_replies(bench: Bench) -> None:
    """Choices are shown as such, and the one that was picked comes back by its value."""
    account = await bench.account()
    limit = account.harness.spec.capabilities.quick_replies
    choices = CHOICES[:limit]
    calls = await account.reply("What shall we do?", quick_replies=choices)
    shown = " ".join(
        text for call in calls for text in (*call.strings, account.harness.text_of(call))
    )
    for one in choices:
        demand(one.label in shown, f"the choice {one.label!r} was not sent to the provider")
    demand(f"1. {choices[0].label}" not in shown, "choices are declared and sent as a list")
    picked = account.said(choices[0].label, quick_reply=choices[0].value)
    message = await account.hear(picked)
    demand(
        message.quick_reply == choices[0].value,
        f"a picked choice came in as {message.quick_reply!r} instead of its value: set "
        "quick_reply, and have the harness heed said.quick_reply",
    )


async def reconciles(bench: Bench) -> None:
    """A send whose answer was lost is found if it arrived, and absent only if it did not."""
    account = await bench.account()
    arrived, never = await _lost(account, Behaviour.LOSE), await _lost(account, Behaviour.REFUSE)
    account.provider.behaviour = Behaviour.ACCEPT
    account.site.clock.move(timedelta(minutes=10))
    found = await account.within(account.adapter.reconcile(arrived))
    demand(
        isinstance(found, Found),
        f"a send that arrived was reconciled as {type(found).__name__}: it would be sent twice, or "
        "wait for a person. The harness's answer has to list known.sent",
    )
    absent = await account.within(account.adapter.reconcile(never))
    demand(
        isinstance(absent, Absent),
        f"a send that never arrived was reconciled as {type(absent).__name__}",
    )
    await account.provider.stop()
    unknown = await account.within(account.adapter.reconcile(never))
    demand(
        not isinstance(unknown, Absent | Found),
        f"with the provider away, reconcile told {type(unknown).__name__}; it cannot know",
    )


async def no_reconcile(bench: Bench) -> None:
    """The method is there only where it is declared."""
    account = await bench.account()
    demand(
        not isinstance(account.adapter, Reconciles),
        "there is a reconcile method: declare reconcile=True",
    )


async def catches_up(bench: Bench) -> None:
    """What came in while we were away is listed, oldest first, by the event ids it always has."""
    account = await bench.account()
    begin = account.site.now()
    account.site.clock.move(timedelta(minutes=1))
    first = await account.hear(account.said("the first"))
    account.site.clock.move(timedelta(minutes=1))
    account.said("the second")
    account.site.clock.move(timedelta(minutes=1))
    found = await account.within(account.adapter.catch_up(begin))
    texts = [one.text for one in found]
    demand(
        texts == ["the first", "the second"],
        f"catch_up listed {texts} of two messages: oldest first, and the harness's answer has to "
        "list known.said",
    )
    demand(
        found[0].event_id == first.event_id,
        "catch_up gives a message another event id than the webhook did: it would be taken twice",
    )


async def no_catch_up(bench: Bench) -> None:
    """The method is there only where it is declared."""
    account = await bench.account()
    demand(
        not isinstance(account.adapter, CatchesUp),
        "there is a catch_up method: declare catch_up=True",
    )


async def private_reply(bench: Bench) -> None:
    """Where others read, what is personal reaches the one who asked alone."""
    account = await bench.account()
    asked = await account.hear(account.said("what do I owe?", room=True))
    demand(
        asked.audience is Audience.ROOM,
        "a message that others read came in with the audience ONE; have the harness heed said.room",
    )
    calls = await account.reply(
        "You owe 20.",
        asked.reply_address,
        sensitivity=Sensitivity.PERSONAL,
        audience=Audience.ROOM,
    )
    told = [one for one in calls if "You owe 20." in account.harness.text_of(one)]
    demand(told, "a personal answer in a room was not sent at all")
    demand(
        all(account.harness.reaches_only_the_sender(one) for one in told),
        "a personal answer in a room is shown to everybody there",
    )


async def idempotent_send(bench: Bench) -> None:
    """A part that is sent again is known to the provider by what it carries."""
    account = await bench.account()
    address = await account.address()
    [part, *_] = account.parts(OutboundMessage("once"), address)
    [other, *_] = account.parts(OutboundMessage("once"), address)
    before = len(account.provider.sends)
    for one in (part, part, other):
        await account.accepted(one)
    first, again, next_one = map(account.harness.identity_of, account.provider.sends[before:])
    demand(
        first,
        "a send carries nothing by which the provider knows it again: use part.key, and "
        "have identity_of in the harness find it",
    )
    demand(first == again, "the same part was sent under two identities: use part.key")
    demand(first != next_one, "two parts were sent under one identity: the second would be dropped")


async def typing(bench: Bench) -> None:
    """Only a socket shows typing; its frames have a rule of their own."""
    demand(
        bench.harness.spec.capabilities.transport is Transport.SOCKET,
        "typing is declared; only a socket channel can show it",
    )


Check = Callable[[Bench], Awaitable[None]]

PROVED: Mapping[str, Check] = {
    "threads": threads,
    "attachments_in": attachments_in,
    "attachments_out": attachments_out,
    "delivery_status": delivery_status,
    "read_status": read_status,
    "quick_replies": quick_replies,
    "reconcile": reconciles,
    "catch_up": catches_up,
    "private_reply": private_reply,
    "idempotent_send": idempotent_send,
    "typing": typing,
}
"""How each declared capability is proved."""

UNDECLARED: Mapping[str, Check] = {
    "threads": no_threads,
    "attachments_in": no_attachments_in,
    "attachments_out": no_attachments_out,
    "delivery_status": no_delivery_status,
    "reconcile": no_reconcile,
    "catch_up": no_catch_up,
}
"""How it is seen that a channel can do what it does not declare."""


def _declared(name: str) -> Callable[[Harness], str]:
    def skip(harness: Harness) -> str:
        has = getattr(harness.spec.capabilities, name)
        return "" if has else f"{name} is not declared"

    return skip


def _undeclared(name: str) -> Callable[[Harness], str]:
    def skip(harness: Harness) -> str:
        has = getattr(harness.spec.capabilities, name)
        return f"{name} is declared" if has else ""

    return skip


def _proof(name: str, check: Check) -> Check:
    async def run(bench: Bench) -> None:
        socket = isinstance(bench.harness, SocketHarness)
        try:
            await (rules_sockets.PROVED.get(name, check) if socket else check)(bench)
        except NotImplementedError as error:
            raise Broken(
                f"a declared capability has no proof; write in the harness: {error}"
            ) from error
        except SendError as error:
            raise Broken(f"the provider was willing, and the adapter failed: {error}") from error

    return run


RULES = (
    *(
        Rule(f"{name} is declared and proved", _proof(name, check), _declared(name))
        for name, check in PROVED.items()
    ),
    *(
        Rule(f"{name} is not done undeclared", check, _undeclared(name))
        for name, check in UNDECLARED.items()
    ),
)


def asked_for(link: str) -> WebhookRequest:
    """The request with which a provider loads what is at an address of ours."""
    url, _, query = link.partition("?")
    return WebhookRequest("GET", url, {}, b"", query=dict(parse_qsl(query)))


async def _sent_id(account: Account) -> str:
    [part, *_] = account.parts(OutboundMessage("a message"), await account.address())
    return (await account.accepted(part)).provider_id


async def _reported(account: Account, provider_id: str, status: DeliveryStatus) -> bool:
    """Whether there is such a report; that it was understood is demanded."""
    updates = await account.report(provider_id, status)
    if updates is None:
        return False
    demand(len(updates) == 1, f"a report of {status} became {len(updates)} updates")
    [update] = updates
    demand(
        (update.provider_id, update.status, update.account)
        == (provider_id, status, account.site.account),
        f"a report that {provider_id} is {status} became an update that {update.provider_id} of "
        f"{update.account} is {update.status}; the id has to be the receipt's",
    )
    return True


async def _lost(account: Account, behaviour: Behaviour) -> Attempt:
    """A send that the provider met so."""
    [part, *_] = account.parts(OutboundMessage(f"a text, {behaviour}"), await account.address())
    await account.failing(behaviour, part)
    account.provider.behaviour = Behaviour.ACCEPT
    return Attempt(part, account.site.now())
