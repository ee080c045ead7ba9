"""The demo's page and the few calls behind it: text the shop, link and unlink, hear what happens.

It stands where the world outside stands: it moves the simulators, and otherwise only watches. It is
mounted by `gateway.demo` alone, on loopback, over data of its own.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import Field

from gateway.api import as_answer, read_body
from gateway.api_models import Body, Empty, Words
from gateway.api_socket import relay
from gateway.console.pages import page, static_files
from gateway.demo_story import Story, advance
from gateway.events import STEPS, Bus, Event
from gateway.trace import handle_words, tell

PAGE = Path(__file__).parent / "demo_shop" / "page"
_STEPS_KEPT = 70
_ROOM = 4096


class TextBody(Body):
    """What Ada types on her phone."""

    text: Annotated[str, Words, Field(max_length=480)]


@dataclass(frozen=True, slots=True)
class Text:
    """One text message as Ada's phone shows it; `sender` is "ada" or "shop"."""

    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class World:
    """What stands outside the gateway, as the page needs it.

    `facts` is what the page is told once: names, addresses, sentences. `login` signs a fresh login
    for Ada, `enter` makes a way into the console that works once, `texts` gives what her phone
    shows, oldest first. `is_linked` and `waiting` (cases with people) read the database.
    """

    facts: Callable[[], Mapping[str, object]]
    login: Callable[[], str]
    enter: Callable[[], str]
    send_text: Callable[[str], Awaitable[None]]
    texts: Callable[[], Sequence[Text]]
    link: Callable[[], Awaitable[None]]
    unlink: Callable[[], Awaitable[None]]
    is_linked: Callable[[], Awaitable[bool]]
    waiting: Callable[[], Awaitable[int]]


class Watcher:
    """Follows the gateway for the page, and tells pages on a bus of its own what to show."""

    def __init__(self, world: World, now: Callable[[], datetime]) -> None:
        self._world = world
        self._now = now
        self.pages = Bus()
        self.story = Story()
        self.waiting = 0
        self.steps: deque[Mapping[str, object]] = deque(maxlen=_STEPS_KEPT)
        self._channels: dict[int | None, object] = {}
        self._strangers: set[int | None] = set()
        self._shown = 0

    async def watch(self, bus: Bus) -> None:
        """Follow the bus until it is closed."""
        with bus.subscribe(_ROOM) as events:
            async for event in events:
                await self.see(event)

    async def see(self, event: Event) -> None:
        """Take one event in and pass on what the pages should know."""
        if event.kind == "received":
            self._channels[event.conversation_id] = event.data.get("channel")
        step = self._as_step(event)
        if step is not None:
            self.steps.append(step)
            self._tell(step)
        self.show_texts()
        if event.kind == "resolved" and str(event.data.get("handle")).startswith("visitor:"):
            self._strangers.add(event.conversation_id)
        # The story is Ada's; what an anonymous visitor does is no step of it.
        stranger = event.conversation_id in self._strangers
        story = self.story if stranger else advance(self.story, event)
        waiting = self.waiting
        if event.kind in ("handoff", "identity"):
            story = replace(story, linked=await self._world.is_linked())
            waiting = await self._world.waiting()
        if (story, waiting) != (self.story, self.waiting):
            self.story, self.waiting = story, waiting
            self._tell({"kind": "story", **self.story_data()})

    def story_data(self) -> Mapping[str, object]:
        """How far the story is, and how many cases wait for a person."""
        return {**asdict(self.story), "waiting": self.waiting}

    def show_texts(self) -> None:
        """Tell the pages of text messages they have not shown yet."""
        texts = self._world.texts()
        for text in texts[self._shown :]:
            self._tell({"kind": "text", **text_data(text)})
        self._shown = len(texts)

    def _tell(self, message: Mapping[str, object]) -> None:
        self.pages.publish(Event("page", self._now(), data=message))

    def _as_step(self, event: Event) -> Mapping[str, object] | None:
        name, sentence = event.kind, _sentence(event)
        if sentence is None:
            return None
        if name not in STEPS:
            name = "note"
        channel = event.data.get("channel") or self._channels.get(event.conversation_id)
        return {
            "kind": "step",
            "name": name,
            "sentence": sentence,
            "data": event.data,
            "channel": channel,
            "conversation_id": event.conversation_id,
        }


def _sentence(event: Event) -> str | None:
    """A step in words, or what people did between the steps of messages."""
    data = event.data
    if event.kind in STEPS:
        return tell(event.kind, data)
    if event.kind == "identity":
        joined = "joined to" if data.get("state") == "linked" else "parted from"
        return f"{_capital(handle_words(str(data.get('handle'))))} was {joined} the phone, by hand."
    if event.kind == "message" and data.get("author") == "agent":
        return "A person answered; the bot keeps quiet."
    if event.kind == "handoff" and data.get("state") in ("handed back", "resolved"):
        return "The case is out of human hands; the bot answers again."
    return None


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def text_data(text: Text) -> Mapping[str, object]:
    """A text message as the page reads it."""
    return {"from": text.sender, "text": text.text}


def register_demo(
    app: web.Application, world: World, bus: Bus, now: Callable[[], datetime]
) -> None:
    """Mount the page and its calls, and follow the gateway for as long as the application runs."""
    watcher = Watcher(world, now)

    async def demo(_request: web.Request) -> web.Response:
        return page("demo", folder=PAGE)

    async def state(_request: web.Request) -> web.Response:
        return as_answer(
            {
                **world.facts(),
                "texts": [text_data(one) for one in world.texts()],
                "steps": list(watcher.steps),
                "story": watcher.story_data(),
            }
        )

    async def login(_request: web.Request) -> web.Response:
        return as_answer({"jwt": world.login()})

    async def console(_request: web.Request) -> web.Response:
        # Whoever sees the demo may see its console: both are on this machine only, over made-up
        # data, and a newcomer should not have to look for a link in the terminal.
        return web.Response(status=303, headers={"Location": world.enter()})

    async def text(request: web.Request) -> web.Response:
        body = await read_body(TextBody, request)
        await world.send_text(body.text)
        watcher.show_texts()
        return as_answer({})

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
    app.router.add_post("/demo/text", text)
    app.router.add_post("/demo/login", login)
    app.router.add_post("/demo/link", _action(world.link))
    app.router.add_post("/demo/unlink", _action(world.unlink))


def _action(act: Callable[[], Awaitable[None]]) -> Handler:
    async def serve(request: web.Request) -> web.Response:
        # A JSON body is asked for although it is empty: no form of another site can send one.
        await read_body(Empty, request)
        await act()
        return as_answer({})

    return serve
