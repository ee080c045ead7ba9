"""The rules about requests nobody expected: signed as they should be, with anything in them.

Hypothesis draws them, the same each time. Needs the package `hypothesis`, which is for test suites
and not installed with the gateway.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.testing.bench import Account, Bench
from adapters.testing.rule import Rule, posted
from adapters.testing.rules_messages import sound
from adapters.testing.rules_requests import outcome, unsigned_request, webhook
from core.channel import WebhookRequest

EXAMPLES = 60
"""Requests that are drawn for one rule."""

_EXAMPLE_SECONDS = 10.0

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from(["", "0", "-1", "\x00", "null", "9" * 40, "<@U1>", "\u202e", "\U0001f600"]),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner)
)


async def any_body(bench: Bench) -> None:
    """Bytes that are no message, rightly signed."""
    account = await bench.account()
    request = unsigned_request(account, account.said())

    async def attempt(body: bytes) -> None:
        await _judge(account, replace(request, body=body, form=()), "a body of arbitrary bytes")

    await drawn(st.binary(max_size=200), attempt)


async def any_change(bench: Bench) -> None:
    """A message in which one thing is something else, rightly signed."""
    account = await bench.account()
    request = unsigned_request(account, account.said())
    tree = _tree(request)
    if tree is None:
        return
    places = list(_places(tree))

    async def attempt(change: tuple[int, Any, bool]) -> None:
        number, value, drop = change
        place = places[number % len(places)]
        what = f"a message whose {'.'.join(map(str, place))} is {'missing' if drop else 'changed'}"
        await _judge(account, _rebuilt(request, _changed(tree, place, value, drop)), what)

    change = st.tuples(st.integers(0, max(0, len(places) - 1)), values, st.booleans())
    await drawn(change, attempt)


RULES = (
    Rule("any signed body is taken or refused", any_body, posted),
    Rule("any change in a signed message is taken or refused", any_change, posted),
)


async def drawn(
    strategy: st.SearchStrategy[Any], attempt: Callable[[Any], Awaitable[None]]
) -> None:
    """Try what hypothesis draws. It calls from a thread of its own, so that the loop goes on."""
    loop = asyncio.get_running_loop()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def run(one: Any) -> None:
        async def work() -> None:
            await attempt(one)

        asyncio.run_coroutine_threadsafe(work(), loop).result(_EXAMPLE_SECONDS)

    await asyncio.to_thread(run)


async def _judge(account: Account, request: WebhookRequest, what: str) -> None:
    proved = webhook(account.harness).sign(account.site, request)
    received = await outcome(account, proved, what)
    for message in received.messages if received is not None else ():
        sound(message)


def _tree(request: WebhookRequest) -> Any:
    """The body as data: a JSON document, or the fields of a form."""
    if request.form:
        return dict(request.form)
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return None


def _rebuilt(request: WebhookRequest, tree: Any) -> WebhookRequest:
    if not request.form:
        return replace(request, body=orjson.dumps(tree))
    fields = {str(name): _field(value) for name, value in tree.items()}
    body = urlencode(fields, errors="replace").encode()
    return replace(request, body=body, form=tuple(fields.items()))


def _field(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _places(tree: Any, path: tuple[Any, ...] = ()) -> Any:
    """The path of everything in a document."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in inner:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from _places(value, (*path, key))


def _changed(tree: Any, place: tuple[Any, ...], value: Any, drop: bool) -> Any:
    """A copy with another value there, or without it."""
    key, *rest = place
    copy: Any = dict(tree) if isinstance(tree, dict) else list(tree)
    if rest:
        copy[key] = _changed(copy[key], tuple(rest), value, drop)
    elif drop:
        del copy[key]
    else:
        copy[key] = value
    return copy
