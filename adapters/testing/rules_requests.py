"""The rules about a provider's request: what is not proved is refused before anything is done.

A request is forged in the ways in which it is forged in life. What a proved one means is the
concern of `rules_messages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import cast

from adapters.testing.bench import Account, Bench
from adapters.testing.harness import AdapterHarness, Harness
from adapters.testing.rule import Rule, posted
from adapters.testing.site import Said
from adapters.testing.verdict import Broken, demand, fail
from core.channel import Received, Refused, WebhookRequest


async def unsigned(bench: Bench) -> None:
    """Without what proves it, a request is anybody's."""
    account = await bench.account()
    bare = unsigned_request(account, account.said())
    await _refused(account, replace(bare, query={}), "a request that nobody signed")


async def changed(bench: Bench) -> None:
    """The signature of one message does not prove another."""
    account = await bench.account()
    proved = signed(account, account.said("the first text"))
    other = signed(account, account.said("another text"))
    forged = replace(proved, body=other.body, form=other.form)
    await _refused(account, forged, "a request with another body under its signature")


async def old(bench: Bench) -> None:
    """A request that was overheard is worth nothing later."""
    account = await bench.account()
    window = webhook(account.harness).window
    assert window is not None
    request = signed(account, account.said())
    account.site.clock.move(window + timedelta(seconds=1))
    await _refused(account, request, f"a request signed {window} and a second ago")


async def foreign(bench: Bench) -> None:
    """What proves another account's request does not prove ours."""
    ours, theirs = await bench.account(1), await bench.account(2)
    request = signed(theirs, theirs.said())
    url = request.url.replace(theirs.site.webhook_base, ours.site.webhook_base)
    await _refused(ours, replace(request, url=url), "a request that another account's key signed")


async def nonsense(bench: Bench) -> None:
    """Whatever stands in the place of a signature is refused, and breaks nothing."""
    account = await bench.account()
    request = signed(account, account.said())
    for name in sorted(_proofs(account, request)):
        for value in ("", "0", "=", "\xe9\xff", "v0=\udce9", "9" * 400, "Bearer", "Basic !"):
            forged = replace(request, headers={**request.headers, name: value})
            await _refused(account, forged, f"a request whose {name} is {value[:20]!r}")


async def nothing_done(bench: Bench) -> None:
    """Before it is proved, a request moves nothing: no call, no value kept."""
    account = await bench.account()
    kept = dict(account.keep.values)
    bare = unsigned_request(account, account.said())
    try:
        await account.receive(replace(bare, query={}))
    except Refused:
        pass
    except Exception as error:
        raise Broken(f"it raised {type(error).__name__} instead of Refused") from error
    asked = [f"{one.method} {one.path}" for one in account.provider.calls]
    demand(not asked, f"for a request nobody signed, the provider was asked: {', '.join(asked)}")
    demand(account.keep.values == kept, "for a request nobody signed, a value was kept")


async def unknown_route(bench: Bench) -> None:
    """Every declared route answers a request it cannot use with `Refused`."""
    account = await bench.account()
    for route in account.harness.spec.routes:
        request = account.site.post(route.name, b"", "text/plain")
        request = replace(request, method=route.methods[0])
        await outcome(account, request, f"an empty request to the route {route.name}")


RULES = (
    Rule("a request that nobody signed is refused", unsigned, posted),
    Rule(
        "a body that was changed is refused",
        changed,
        lambda harness: posted(harness) or _unless(webhook(harness).signs_body, "the body"),
    ),
    Rule(
        "a signature that is too old is refused",
        old,
        lambda harness: posted(harness) or _unless(webhook(harness).window, "a time"),
    ),
    Rule("a request signed for another account is refused", foreign, posted),
    Rule("a signature that makes no sense is refused", nonsense, posted),
    Rule("nothing is done for a request that is refused", nothing_done, posted),
    Rule("an empty request to any route is refused or taken", unknown_route, posted),
)


def webhook(harness: Harness) -> AdapterHarness:
    """The harness of a channel whose provider posts."""
    return cast(AdapterHarness, harness)


def unsigned_request(account: Account, said: Said) -> WebhookRequest:
    """The request that tells this, before it is signed."""
    return webhook(account.harness).inbound(account.site, said)


def signed(account: Account, said: Said) -> WebhookRequest:
    """The request that tells this."""
    return webhook(account.harness).sign(account.site, unsigned_request(account, said))


async def outcome(account: Account, request: WebhookRequest, what: str) -> Received | None:
    """What came of a request, nothing if it was refused. Anything else is a fault."""
    try:
        received = await account.receive(request)
    except Refused as refused:
        demand(
            400 <= refused.status < 600,
            f"{what} was refused with the status {refused.status}; take one from 400 on",
        )
        return None
    except Broken:
        raise
    except Exception as error:
        raise Broken(
            f"{what} made receive raise {type(error).__name__}: {error}; it may only raise Refused"
        ) from error
    demand(isinstance(received, Received), f"{what} made receive return no Received")
    return received


async def _refused(account: Account, request: WebhookRequest, what: str) -> None:
    if await outcome(account, request, what) is not None:
        fail(f"{what} was accepted")


def _proofs(account: Account, request: WebhookRequest) -> Mapping[str, str]:
    """The headers that prove a request: those that signing added or changed."""
    bare = replace(request, headers={"content-type": request.headers["content-type"]})
    added = webhook(account.harness).sign(account.site, bare).headers
    return {name: value for name, value in added.items() if bare.headers.get(name) != value}


def _unless(has: object, what: str) -> str:
    return "" if has else f"its provider does not sign {what}"
