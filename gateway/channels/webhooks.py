"""Webhooks: a provider's request in, the adapter's verdict, durable admission, then the answer.

Before the adapter verified a request nothing of it is acted on, stored or logged. What cannot be
taken now is refused with 503, so that the provider or our catch-up brings it again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from core.channel import Adapter, Received, Refused, Route, WebhookRequest, WebhookResponse
from gateway.access.bodies import read_form
from gateway.access.gate import Problem, remote_of
from gateway.channels.admission import Admissions
from memory.store import Overloaded

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_RETRY_SECONDS = "2"
_MAX_FIELDS = 200


def webhook(
    account: str,
    adapter: Adapter,
    route: Route,
    public_url: str,
    admissions: Admissions,
    limit: int,
) -> Handler:
    """The handler of one adapter route. `limit` bounds how many requests are in work at once."""
    working = 0

    async def handle(request: web.Request) -> web.StreamResponse:
        nonlocal working
        if working >= limit:
            return _busy(account)
        working += 1
        try:
            received = await adapter.receive(route.name, await _read(request, public_url))
            await _take_in(account, received, admissions)
        except Refused as refused:
            log.warning("webhook_refused", account=account, route=route.name, why=refused.reason)
            return web.Response(status=refused.status, text=refused.reason, headers=refused.headers)
        except Overloaded:
            return _busy(account)
        finally:
            working -= 1
        return _answer(received.response)

    return handle


def _answer(answer: WebhookResponse) -> web.Response:
    file = answer.body if isinstance(answer.body, bytes) else None
    return web.Response(
        status=answer.status,
        body=file,
        text=answer.body if isinstance(answer.body, str) else None,
        content_type=answer.content_type,
        headers=answer.headers,
    )


async def _take_in(account: str, received: Received, admissions: Admissions) -> None:
    for message in received.messages:
        await admissions.admit(message)
    # A message may be changed or taken back in the request that brings it.
    await admissions.take_in(account, received)


async def _read(request: web.Request, public_url: str) -> WebhookRequest:
    """The request as data, within limits. Raises `Refused` when it cannot be decoded."""
    try:
        form = await read_form(request)
        body = await request.read()
    except Problem as problem:
        raise Refused(problem.status, problem.error) from None
    if len(form) > _MAX_FIELDS:
        raise Refused(400, "the form has too many fields")
    return WebhookRequest(
        method=request.method,
        url=public_url,
        headers=request.headers,
        body=body,
        form=form,
        query=request.query,
        remote=remote_of(request),
    )


def _busy(account: str) -> web.Response:
    log.warning("webhook_overloaded", account=account)
    return web.Response(status=503, headers={"Retry-After": _RETRY_SECONDS}, text="busy")
