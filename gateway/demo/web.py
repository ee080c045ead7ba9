"""The demo's page and the few calls behind it: write as Ada, link and unlink, hear what happens.

It stands where the world outside stands: it moves the simulators, and otherwise only watches. It is
mounted by `gateway.demo.start` alone, on loopback, over data of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import Field

from gateway.api.dispatch import as_answer, read_body
from gateway.api.models import Body, Empty, Line, Words
from gateway.api.socket import relay
from gateway.console.sheets import page, static_files
from gateway.demo.outside import Counter
from gateway.demo.places import Mailbox, Phone, Workplace
from gateway.demo.watch import Sights, Watcher
from gateway.events import Bus

PAGE = Path(__file__).parent / "shop" / "page"


class TextBody(Body):
    """What Ada types on her phone."""

    text: Annotated[str, Words, Field(max_length=480)]


class MailBody(Body):
    """What Ada writes as a mail: a new one with a subject, or an answer in a thread."""

    text: Annotated[str, Words, Field(max_length=4000)]
    subject: Line | None = None
    thread: Annotated[str, Field(max_length=500)] | None = None
    picture: bool = False


class PostBody(Body):
    """What Ada writes in Slack."""

    text: Annotated[str, Words, Field(max_length=2000)]
    place: Literal["dm", "help"]


class ClickBody(Body):
    """The button that Ada presses under a post."""

    post: Line
    value: Line


@dataclass(frozen=True, slots=True)
class World:
    """What stands outside the gateway, as the page needs it.

    `facts` is what the page is told once: names, addresses, sentences. `login` signs a fresh login
    for Ada, `enter` makes a way into the console that works once.
    """

    facts: Mapping[str, object]
    phone: Phone
    mailbox: Mailbox
    workplace: Workplace
    counter: Counter
    login: Callable[[], str]
    enter: Callable[[], str]

    def sights(self) -> Sights:
        """What a watcher looks at."""
        places = (self.phone.said, self.mailbox.said, self.workplace.said)
        return Sights(places, self.counter.standing, self.counter.waiting)


def register_demo(
    app: web.Application, world: World, bus: Bus, now: Callable[[], datetime]
) -> None:
    """Mount the page and its calls, and follow the gateway for as long as the application runs."""
    watcher = Watcher(world.sights(), now)

    async def demo(_request: web.Request) -> web.Response:
        return page("demo", folder=PAGE)

    async def state(_request: web.Request) -> web.Response:
        return as_answer({**world.facts, **watcher.state()})

    async def login(_request: web.Request) -> web.Response:
        return as_answer({"jwt": world.login()})

    async def console(_request: web.Request) -> web.Response:
        # Whoever sees the demo may see its console: both are on this machine only, over made-up
        # data, and a newcomer should not have to look for a link in the terminal.
        return web.Response(status=303, headers={"Location": world.enter()})

    async def watching(_app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(watcher.watch(bus))
        yield
        watcher.pages.close()
        task.cancel()

    app.cleanup_ctx.append(watching)
    app.router.add_get("/demo", demo)
    app.router.add_get("/demo/console", console)
    app.router.add_get("/demo/state", state)
    app.router.add_get("/demo/socket", relay(watcher.pages, lambda event: event.data))
    app.router.add_get("/demo/static/{file:.+}", static_files(PAGE))
    app.router.add_post("/demo/login", login)
    app.router.add_post("/demo/link", _action(world.counter.link))
    app.router.add_post("/demo/unlink", _action(world.counter.unlink))
    _register_writing(app, world, watcher)


def _register_writing(app: web.Application, world: World, watcher: Watcher) -> None:
    """The calls by which Ada writes. What she wrote is shown at once."""

    async def text(request: web.Request) -> web.Response:
        body = await read_body(TextBody, request)
        await world.phone.write(body.text)
        return shown()

    async def mail(request: web.Request) -> web.Response:
        body = await read_body(MailBody, request)
        await world.mailbox.write(body.text, body.subject, body.thread, picture=body.picture)
        return shown()

    async def post(request: web.Request) -> web.Response:
        body = await read_body(PostBody, request)
        await world.workplace.write(body.text, body.place)
        return shown()

    async def click(request: web.Request) -> web.Response:
        body = await read_body(ClickBody, request)
        await world.workplace.click(body.post, body.value)
        return shown()

    def shown() -> web.Response:
        watcher.show_said()
        return as_answer({})

    app.router.add_post("/demo/text", text)
    app.router.add_post("/demo/mail", mail)
    app.router.add_post("/demo/slack", post)
    app.router.add_post("/demo/slack/click", click)


def _action(act: Callable[[], Awaitable[None]]) -> Handler:
    async def serve(request: web.Request) -> web.Response:
        # A JSON body is asked for although it is empty: no form of another site can send one.
        await read_body(Empty, request)
        await act()
        return as_answer({})

    return serve
