"""Whatever is lost on the way, a visitor sees each message once and in order, and says it once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from adapters.webchat.client import ChatClient
from core.message import Author
from tests.adapters.webchat.chat_server import ACCOUNT, ORIGIN, ChatServer

PATIENCE = 20
# Each example talks to a server: making a failing one smaller would take minutes.
NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)
Step = tuple[str, int]

STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "say",  # and wait until it is stored
                "send",  # and wait for nothing
                "repeat",  # what was said before, as if its answer had been lost
                "answer",  # of the bot, shown at once
                "late answer",  # stored, but told only with the next sign of life
                "drop",  # the network, without a word
                "return",
                "busy",  # the next message is refused for the moment
                "restart",  # planned
                "crash",
            ]
        ),
        st.integers(0, 5),
    ),
    max_size=14,
)


@dataclass
class Story:
    """One conversation in two tabs, and what was said in it."""

    server: ChatServer
    tabs: Sequence[ChatClient]
    said: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.tabs[0].conversation

    def compose(self, text: str) -> str:
        """The client id of a new message."""
        client_id = str(UUID(int=len(self.said) + 1))
        self.said[client_id] = text
        return client_id

    async def take(self, step: str, number: int) -> None:
        tab = self.tabs[number % 2]
        if step == "answer":
            self.server.post(self.key, f"answer {number}")
        elif step == "late answer":
            self.server.post(self.key, f"late {number}", publish=False)
        elif step == "drop":
            await drop(tab)
        elif step == "return":
            await tab.connect()
        elif step == "busy":
            self.server.threads.overloaded = 1
        elif step in {"restart", "crash"}:
            await self.server.stop(ask=step == "restart")
            await self.server.start()
        else:
            await self.speak(step, tab, number)

    async def speak(self, step: str, tab: ChatClient, number: int) -> None:
        if step == "repeat" and self.said:
            client_id = sorted(self.said)[number % len(self.said)]
        else:
            client_id = self.compose(f"{step} {len(self.said)}")
        speak = tab.say if step == "say" else tab.post
        await speak(self.said[client_id], client_id)

    async def end(self) -> None:
        """Come back, say once more whatever was said, and read to the end."""
        for tab in self.tabs:
            await tab.connect()
            for client_id, text in self.said.items():
                await tab.say(text, client_id)
        await self.see("the end")

    async def see(self, text: str) -> None:
        """An answer that both tabs show."""
        seq = self.server.post(self.key, text).seq
        for tab in self.tabs:
            await tab.wait_for_reply(seq - 1, PATIENCE)


async def drop(tab: ChatClient) -> None:
    """The connection is gone at once, with whatever was under way."""
    socket = tab._socket
    if socket is not None and not socket.closed:
        transport = socket._response.connection
        assert transport is not None and transport.transport is not None
        transport.transport.abort()
    await tab.disconnect()


@asynccontextmanager
async def two_tabs() -> AsyncIterator[Story]:
    server = ChatServer()
    await server.start()
    first = ChatClient(server.url, ORIGIN)
    await first.connect()
    second = ChatClient(server.url, ORIGIN, token=first.token)
    await second.connect()
    try:
        yield Story(server, (first, second))
    finally:
        await first.close()
        await second.close()
        await server.stop()


def told(tab: ChatClient) -> list[int]:
    """The numbers of the messages this tab was sent, over all its connections."""
    frames = [one.frame for one in tab.wire if not one.sent]
    return [int(str(one["seq"])) for one in frames if one["type"] == "message"]


@settings(max_examples=40, phases=NO_SHRINK)
@given(steps=STEPS)
async def test_each_message_is_seen_once_in_order_and_stored_once(steps: list[Step]) -> None:
    async with two_tabs() as story:
        # The log comes in pages of three to those who know where they are.
        story.server.threads.page = 3
        await story.see("Hello")
        for step, number in steps:
            await story.take(step, number)
        await story.end()
        log = story.server.threads.logs[ACCOUNT, story.key]
        stored = Counter(one.client_id for one in log if one.author is Author.CUSTOMER)
        assert stored == Counter(dict.fromkeys(story.said, 1))
        for tab in story.tabs:
            shown = [(seq, tab.thread[seq].text) for seq in sorted(tab.thread)]
            assert shown == [(one.seq, one.payload["text"]) for one in log]
            assert told(tab) == sorted(set(told(tab))), "twice, or out of order"


async def test_what_came_before_ones_own_message_is_told_before_it_is_confirmed() -> None:
    """A visitor who is told of number 2 first, and then cut off, would never ask for number 1."""
    async with two_tabs() as story:
        tab = story.tabs[0]
        story.server.post(story.key, "Not shown yet", publish=False)
        gate = story.server.threads.gate = asyncio.Event()
        await tab.post("Hello?", story.compose("Hello?"))
        await tab.send({"type": "ping", "n": 1})
        async with asyncio.timeout(PATIENCE):
            while not any(one.frame == {"type": "pong", "n": 1} for one in tab.wire):
                await tab._wait()
        await drop(tab)
        gate.set()
        await tab.connect()
        await story.end()
        assert [tab.thread[seq].text for seq in sorted(tab.thread)] == [
            "Not shown yet",
            "Hello?",
            "the end",
        ]


async def test_a_tab_that_sends_what_another_has_sent_misses_nothing_either() -> None:
    """Two tabs of one browser share what is not sent yet, and both send it."""
    async with two_tabs() as story:
        client_id = story.compose("From both")
        story.server.post(story.key, "Before it", publish=False)
        for tab in story.tabs:
            await tab.post("From both", client_id)
        await story.end()
        for tab in story.tabs:
            assert [tab.thread[seq].text for seq in sorted(tab.thread)] == [
                "Before it",
                "From both",
                "the end",
            ]


async def test_a_server_that_knows_less_than_the_visitor_tells_the_thread_anew() -> None:
    """As after a restored backup: what is shown is what is stored, and numbers begin again."""
    async with two_tabs() as story:
        tab = story.tabs[0]
        for number in range(4):
            await tab.say(f"lost {number}")
        await story.server.stop()
        story.server.threads.logs.clear()
        story.server.threads.events.clear()
        story.server.threads.append(ACCOUNT, story.key, Author.BOT, {"text": "What is left"})
        await story.server.start()
        await tab.connect()
        await tab.wait_for_reply(0)
        assert tab.welcome["resume"] == 0
        assert [one.text for one in tab.thread.values()] == ["What is left"]
        await tab.say("And on we go")
        assert sorted(tab.thread) == [1, 2]
