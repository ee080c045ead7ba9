"""The rules about a socket's frames: who is let in, who is known again, and what no client sends.

What capabilities mean on a socket is in `rules_sockets`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from adapters.testing.bench import Account, Bench
from adapters.testing.harness import SocketHarness
from adapters.testing.rule import Rule, socketed
from adapters.testing.rules_messages import sound
from adapters.testing.verdict import Broken, demand, fail
from core.channel import Refused
from core.message import Author, InboundMessage, OutboundMessage
from core.socket_channel import LoggedMessage, SocketSession

_NONSENSE: tuple[Any, ...] = (None, "", "x" * 9_000, 0, -1, 2**80, True, [], {}, "\x00", "\ud800")


async def forbidden(bench: Bench) -> None:
    """Browsers open sockets to anybody: only the origin tells which page it was."""
    account, harness = await _account(bench)
    first = harness.first(account.site, 1)
    try:
        account.adapter.open(first, harness.forbidden(account.site))
    except Refused:
        return
    fail("a page that is not allowed opened the chat: compare the origin whole")


async def foreign(bench: Bench) -> None:
    """What lets somebody come back to one account is worth nothing at another."""
    ours, harness = await _account(bench)
    theirs = await bench.account(2)
    told = _session(theirs, harness.first(theirs.site, 1))
    first = harness.again(ours.site, told.welcome)
    try:
        session = _session(ours, first)
    except Refused:
        return
    demand(
        session.conversation_key != told.conversation_key,
        "another account's welcome opened the conversation it stands for",
    )


async def resumed(bench: Bench) -> None:
    """Who comes back with their welcome is who they were, also at another process."""
    account, harness = await _account(bench)
    before = _session(account, harness.first(account.site, 1))
    await bench.restart(account)
    again = _session(account, harness.again(account.site, before.welcome))
    demand(
        (before.conversation_key, before.sender) == (again.conversation_key, again.sender),
        "who came back with their welcome is in another conversation: put what they are known by "
        "into the welcome, and keep nothing in memory",
    )


async def any_first_frame(bench: Bench) -> None:
    """A first frame that is none is refused, or somebody new is welcomed."""
    account, harness = await _account(bench)
    welcome = _session(account, harness.first(account.site, 1)).welcome
    right = harness.again(account.site, welcome)
    for what, frame in _odd(right):
        try:
            account.adapter.open(frame, harness.request(account.site))
        except Refused:
            continue
        except Exception as error:
            raise _raised("open", what, error) from error


async def any_frame(bench: Bench) -> None:
    """A later frame with anything in it means something or is refused."""
    account, harness = await _account(bench)
    session = _session(account, harness.first(account.site, 1))
    for right in (harness.say(account.site, account.said()), *harness.others(account.site)):
        for what, frame in _odd(right):
            try:
                event = account.adapter.read(session, frame)
            except Refused:
                continue
            except Exception as error:
                raise _raised("read", what, error) from error
            if isinstance(event, InboundMessage):
                sound(event)


async def shown(bench: Bench) -> None:
    """Each entry of the thread is a frame in which its text and its number are."""
    account, harness = await _account(bench)
    [part, *_] = account.render(OutboundMessage("Your order is on its way."))
    entry = LoggedMessage(41, Author.BOT, None, part.payload, account.site.now())
    frame = account.adapter.write_message(entry)
    demand(
        harness.shows(frame, "Your order is on its way."),
        "write_message gives a frame without the text",
    )
    demand(41 in frame.values(), "write_message gives a frame without the entry's number")


async def told(bench: Bench) -> None:
    """A refusal says why, and to which message of the client's."""
    account, harness = await _account(bench)
    client_id = harness.client_id(account.said())
    frame = account.adapter.write_refusal("It is too long.", client_id, 400)
    demand(
        harness.shows(frame, "It is too long.") and client_id in frame.values(),
        "write_refusal gives a frame without the reason or the client's own id",
    )


async def named_by_client(bench: Bench) -> None:
    """A message has the id that the client gave it, so that it can be told as stored."""
    account, harness = await _account(bench)
    said = account.said()
    message = await account.hear(said)
    demand(
        message.client_id == harness.client_id(said),
        f"the client's id came in as {message.client_id!r}: put it into client_id",
    )


RULES = (
    Rule("a page that is not allowed is refused", forbidden, socketed),
    Rule("another account's welcome lets nobody in", foreign, socketed),
    Rule("who comes back is known again", resumed, socketed),
    Rule("any first frame is taken or refused", any_first_frame, socketed),
    Rule("any frame is taken or refused", any_frame, socketed),
    Rule("a message has its client's id", named_by_client, socketed),
    Rule("an entry is shown by a frame", shown, socketed),
    Rule("a refusal is told by a frame", told, socketed),
)


async def _account(bench: Bench) -> tuple[Account, SocketHarness]:
    account = await bench.account()
    return account, cast(SocketHarness, account.harness)


def _session(account: Account, first: Mapping[str, object]) -> SocketSession:
    request = cast(SocketHarness, account.harness).request(account.site)
    session: SocketSession = account.adapter.open(first, request)
    return session


def _odd(right: Mapping[str, object]) -> list[tuple[str, Mapping[str, object]]]:
    """A frame with each thing in it missing, or something else."""
    odd: list[tuple[str, Mapping[str, object]]] = [("an empty frame", {})]
    for name in right:
        rest = {key: value for key, value in right.items() if key != name}
        odd.append((f"a frame without {name}", rest))
        for one in _NONSENSE:
            odd.append((f"a frame whose {name} is {str(one)[:9]!r}", {**right, name: one}))  # noqa: PERF401
    return odd


def _raised(method: str, what: str, error: Exception) -> Broken:
    return Broken(
        f"{what} made {method} raise {type(error).__name__}: {error}; it may only raise Refused"
    )
