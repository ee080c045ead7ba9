"""The rules about what an adapter does besides: secrets, logs, other hosts and accounts, the end.

Each plays a whole little story, with every way a send can end, and looks at what was left behind.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from pydantic import ValidationError

from adapters.testing.bench import Account, Bench
from adapters.testing.harness import OUTCOMES, AdapterHarness, SocketHarness
from adapters.testing.provider import Behaviour
from adapters.testing.rule import Rule, sends
from adapters.testing.rules_requests import signed, unsigned_request
from adapters.testing.verdict import Broken, demand, fail
from core.channel import Refused
from core.message import OutboundMessage

_WRITTEN = "kitcustomerwrote"
_ANSWERED = "kitagentanswered"
_SECONDS = 2.0
_NAMES = ["kit-one", "kit-two", "kit-one"]


async def unknown_setting(bench: Bench) -> None:
    """A setting that does not exist is an error, not a wish that nobody hears."""
    account = await bench.account()
    options = {**account.harness.options(account.site), "kit_no_such_setting": "1"}
    try:
        account.harness.spec.config.model_validate(options)
    except ValidationError:
        return
    fail(
        'the config takes a setting that does not exist: model_config = ConfigDict(extra="forbid")'
    )


async def secrets(bench: Bench) -> None:
    """No secret is in a log, an error or a representation."""
    account = await bench.account()
    await _story(bench, account)
    for shown in (repr(account.config), str(account.config), repr(account.adapter)):
        _demand_unseen(bench.secrets, shown, "is shown by the config's repr: make it a SecretStr")
    for line in bench.watched.written:
        _demand_unseen(bench.secrets, line, "is in a log line, an error or what was printed")


async def personal(bench: Bench) -> None:
    """What people write to each other is in no log and no error."""
    account = await bench.account()
    await _story(bench, account)
    for line in bench.watched.written:
        for text, whose in ((_WRITTEN, "a customer"), (_ANSWERED, "an agent")):
            demand(
                text not in line,
                f"what {whose} wrote is in a log line, an error or what was printed: leave it out",
            )


async def other_hosts(bench: Bench) -> None:
    """An adapter speaks to its provider and to nobody else."""
    account = await bench.account()
    await _story(bench, account)
    reached = sorted(set(bench.watched.reached))
    demand(
        not reached,
        f"it tried to reach {', '.join(reached)}: everything it speaks to must follow from its "
        "config, so that a provider on loopback can stand in for it",
    )


async def side_by_side(bench: Bench) -> None:
    """Two accounts share nothing."""
    one, two = await bench.account(1), await bench.account(2)
    first = await one.hear(one.said("to one"))
    second = await two.hear(two.said("to two"))
    again = await one.hear(one.said("to one again"))
    accounts = [message.account for message in (first, second, again)]
    demand(
        accounts == _NAMES,
        f"beside another account, messages came in for {accounts}: keep nothing in the class or "
        "the module",
    )
    if isinstance(bench.harness, SocketHarness):
        return
    addresses = [await one.address(), await two.address()]
    for account, address in zip((one, two, one), (*addresses, addresses[0]), strict=True):
        [part, *_] = account.parts(OutboundMessage("hello"), address)
        before = len(account.provider.sends)
        await account.accepted(part)
        demand(
            len(account.provider.sends) > before,
            "beside another account, a send went to the other one's provider: keep nothing in the "
            "class or the module",
        )


async def closes(bench: Bench) -> None:
    """`close` leaves no task and no connection behind."""
    before = asyncio.all_tasks()
    account = await bench.account()
    for behaviour in (Behaviour.ACCEPT, Behaviour.FAIL):
        await _tried(account, behaviour)
    await account.within(account.adapter.close())
    try:
        async with asyncio.timeout(_SECONDS):
            # Nothing tells of a connection's end on the other side.
            while account.provider.connections or asyncio.all_tasks() - before:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
    except TimeoutError:
        what = "a connection to the provider" if account.provider.connections else "a task"
        fail(f"after close there is still {what}: close sessions, and wait for tasks to end")


async def idle_close(bench: Bench) -> None:
    """What was never used can be closed, as when the gateway's start fails later on."""
    account = await bench.account()
    await account.within(account.adapter.close())


RULES = (
    Rule("a setting that does not exist is refused", unknown_setting),
    Rule("no secret is seen", secrets),
    Rule("what people write is not logged", personal),
    Rule("no other host is reached", other_hosts),
    Rule("two accounts share nothing", side_by_side),
    Rule("closing leaves nothing behind", closes, sends),
    Rule("what was never used can be closed", idle_close, sends),
)


async def _story(bench: Bench, account: Account) -> None:
    """A person writes, somebody forges it, and answers end in every way they can."""
    await account.hear(account.said(f"hello {_WRITTEN}"))
    if isinstance(account.harness, AdapterHarness):
        await _refusals(bench, account)
    if isinstance(account.harness, SocketHarness):
        return
    for behaviour in (Behaviour.ACCEPT, *OUTCOMES):
        if behaviour is Behaviour.ACCEPT or behaviour in account.harness.behaviours:
            error = await _tried(account, behaviour)
            if error is not None:
                bench.watched.raised(error)


async def _refusals(bench: Bench, account: Account) -> None:
    said = account.said(f"forged {_WRITTEN}")
    bare = unsigned_request(account, said)
    proved = signed(account, said)
    for request in (bare, replace(proved, body=b"{" + proved.body, form=proved.form[1:])):
        try:
            await account.receive(request)
        except Broken:
            raise
        except Exception as error:  # noqa: BLE001 - other rules judge it; here its text is looked at
            bench.watched.raised(error)
            if isinstance(error, Refused):
                bench.watched.written.append(f"{error.reason} {dict(error.headers)}")


async def _tried(account: Account, behaviour: Behaviour) -> Exception | None:
    """How a send ends when the provider behaves so; what is wrong with it is for another rule."""
    address = await account.address()
    [part, *_] = account.parts(OutboundMessage(f"hello {_ANSWERED}"), address)
    account.provider.behaviour = behaviour
    try:
        await account.within(account.adapter.send(part))
    except Exception as error:  # noqa: BLE001 - other rules judge it
        return error
    finally:
        account.provider.behaviour = Behaviour.ACCEPT
    return None


def _demand_unseen(secrets: set[str], text: str, where: str) -> None:
    for secret in secrets:
        if any(one in text for one in _forms(secret)):
            fail(f"a secret of the account {where} (it begins with {secret[:4]}...): leave it out")


def _forms(secret: str) -> Iterator[str]:
    """A secret as it is, in an address, and in a header of basic authorisation."""
    yield secret
    yield quote(secret, safe="")
    yield b64encode(secret.encode()).decode().rstrip("=")
