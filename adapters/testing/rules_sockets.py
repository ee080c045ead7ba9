"""The proofs of capabilities on a socket channel, where the gateway itself sends and reports.

What an adapter has to do with each is to translate: a frame into what it means, and an entry of the
thread into a frame that has everything in it. The rules themselves are in `rules_abilities`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from adapters.testing.bench import Account, Bench
from adapters.testing.harness import SocketHarness
from adapters.testing.site import SaidFile
from adapters.testing.verdict import demand
from core.message import Author, OutboundMessage, QuickReply
from core.socket_channel import CarriesFiles, Keepalive, LoggedMessage, Seen, SocketSession

FILE = SaidFile("photo.png", "image/png", b"\x89PNG\r\n\x1a\n a small picture of the kit's")
CHOICES = (QuickReply("Track it", "track"), QuickReply("Return it", "return"))
"""What the proofs send, on every kind of channel."""


async def attachments_in(bench: Bench) -> None:
    """A client that asks is given an address, and what comes there is a message with the file."""
    account, harness = await _account(bench)
    said = account.said("", files=(FILE,))
    event = account.adapter.read(_session(account, harness), harness.upload(account.site, said))
    demand(isinstance(event, Keepalive), "the request for an upload is not answered")
    assert isinstance(event, Keepalive)
    carrier = _carrier(account)
    tickets = harness.tickets(event.answer)
    demand(len(tickets) == 1, "the answer to an upload has no address with a ticket in it")
    message = carrier.read_upload(tickets[0])
    [file] = message.attachments
    demand(
        (file.name, file.media_type, file.size) == (FILE.name, FILE.media_type, len(FILE.content)),
        "an upload's message has another name, media type or size than the client said",
    )
    demand(
        message.client_id == harness.client_id(said),
        "an upload's message has another client_id: sending it again would be another message",
    )


async def attachments_out(bench: Bench) -> None:
    """A file that goes out has an address in its frame, which leads to this file."""
    account, harness = await _account(bench)
    kept = account.file(FILE.name, FILE.media_type, FILE.content)
    entry = _entry(account, OutboundMessage("here it is", attachments=(kept,)))
    frame = account.adapter.write_message(entry)
    tickets = harness.tickets(frame)
    demand(len(tickets) == 1, "the frame of a message with a file has no address for it")
    file = _carrier(account).read_download(tickets[0])
    demand(file.reference == kept.reference, "the address of a file leads to another one")
    demand(kept.reference not in str(frame), "the frame tells the client a file's reference")


async def quick_replies(bench: Bench) -> None:
    """Choices are in the frame as such, and the one that was picked comes back by its value."""
    account, harness = await _account(bench)
    choices = CHOICES[: harness.spec.capabilities.quick_replies]
    entry = _entry(account, OutboundMessage("What shall we do?", quick_replies=choices))
    frame = account.adapter.write_message(entry)
    for one in choices:
        demand(harness.shows(frame, one.label), f"the choice {one.label!r} is not in the frame")
    picked = await account.hear(account.said(choices[0].label, quick_reply=choices[0].value))
    demand(
        picked.quick_reply == choices[0].value,
        f"a picked choice came in as {picked.quick_reply!r} instead of its value",
    )


async def delivery_status(bench: Bench) -> None:
    """What is stored is confirmed with the client's own id and the number in the thread."""
    account, harness = await _account(bench)
    client_id = harness.client_id(account.said())
    values = account.adapter.write_stored(client_id, 7).values()
    demand(
        client_id in values and 7 in values,
        "write_stored does not tell the client's own id and the number",
    )


async def read_status(bench: Bench) -> None:
    """A client can say up to where it has shown the thread."""
    account, harness = await _account(bench)
    session = _session(account, harness)
    events = [account.adapter.read(session, one) for one in harness.others(account.site)]
    demand(
        any(isinstance(one, Seen) for one in events),
        "read_status is declared without a proof: let the harness's others have a frame of it",
    )


async def idempotent_send(bench: Bench) -> None:
    """An entry that is told again is told the same, and the next one under another number."""
    account, _ = await _account(bench)
    entry = _entry(account, OutboundMessage("once"))
    write = account.adapter.write_message
    first, again, following = write(entry), write(entry), write(replace(entry, seq=entry.seq + 1))
    demand(first == again, "the same entry is written as two different frames")
    demand(first != following, "two entries are one frame: take the number into it")


PROVED: Mapping[str, Callable[[Bench], Awaitable[None]]] = {
    "attachments_in": attachments_in,
    "attachments_out": attachments_out,
    "delivery_status": delivery_status,
    "read_status": read_status,
    "quick_replies": quick_replies,
    "idempotent_send": idempotent_send,
}
"""How a declared capability is proved on a socket, where that is otherwise than elsewhere."""


async def _account(bench: Bench) -> tuple[Account, SocketHarness]:
    account = await bench.account()
    assert isinstance(account.harness, SocketHarness)
    return account, account.harness


def _session(account: Account, harness: SocketHarness) -> SocketSession:
    site = account.site
    session: SocketSession = account.adapter.open(harness.first(site, 1), harness.request(site))
    return session


def _carrier(account: Account) -> CarriesFiles:
    demand(
        isinstance(account.adapter, CarriesFiles),
        "files are declared; write origins, read_upload and read_download (CarriesFiles)",
    )
    carrier: CarriesFiles = account.adapter
    return carrier


def _entry(account: Account, message: OutboundMessage) -> LoggedMessage:
    """The message as the thread's log holds it."""
    [part, *_] = account.render(message)
    return LoggedMessage(3, Author.BOT, None, part.payload, account.site.now())
