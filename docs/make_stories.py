"""Makes `docs/stories.md`: plays `docs/stories.toml` through the running demo and writes it down.

    .venv/bin/python docs/make_stories.py [FILE]

Every word of the shop is what came over the wire: texts from the simulated phone network, frames of
the chat's socket, a person's answer given through the API. Each story has a shop of its own, whose
clock the story sets, so that two runs write the same page; times and ids are left out.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from adapters.webchat.client import ChatClient  # noqa: E402 - after the path is set
from core.clock import to_micros  # noqa: E402
from gateway.access.callers import hash_secret  # noqa: E402
from gateway.access.roles import ROLES, Role  # noqa: E402
from gateway.demo.people import ADA, CHAT  # noqa: E402
from gateway.demo.start import Demo, model_cache, running_demo  # noqa: E402
from memory.units.people.api_tokens import NewToken, add_token  # noqa: E402

STORIES = ROOT / "docs" / "stories.toml"
PHONES = {"Ada": ADA.phone, "Ben": "+447700900318", "Chiara": "+447700900477"}
STRANGER = "+447700900555"
PATIENCE = 15.0
CHANNELS = {"sms": "SMS", "chat": "web chat", "login": "web chat, signed in"}
NEWS = {"hand-back": "gives the case back to the bot", "resolve": "closes the case"}
HEAD = """# Conversations with the demo shop

These conversations were held with the shop of `onethread demo`, over its real channels, and written
down as they crossed the wire. The file `docs/stories.toml` says what the customers write, and
`docs/make_stories.py` plays it and writes this page. Nothing below is edited by hand. The line
under a reply says what the turn decided: the intent, the move, and the rule that called for a
person.
"""

Step = Mapping[str, Any]


class Clock:
    """The shop's time: what a story sets, running on like any clock."""

    def __init__(self, start: datetime) -> None:
        self._start = start.replace(tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)
        self._origin = time.monotonic()

    def now(self) -> datetime:
        """The moment."""
        return self._start + timedelta(seconds=time.monotonic() - self._origin)

    def skip(self, minutes: float) -> None:
        """Let time pass."""
        self._start += timedelta(minutes=minutes)


@dataclass(slots=True)
class Place:
    """Where one customer reads: their phone, or a chat. `shown` counts what was written down."""

    channel: str
    phone: str = ""
    chat: ChatClient | None = None
    shown: int = 0


@dataclass(slots=True)
class Stage:
    """One story being played; `lines` are the page's."""

    demo: Demo
    clock: Clock
    http: aiohttp.ClientSession
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    turns: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)
    pings: int = 0

    async def play(self, step: Step) -> None:
        """One step of the story."""
        if "note" in step:
            self.lines.append(f"*{step['note']}*")
        if "minutes" in step:
            self.clock.skip(step["minutes"])
        if "link" in step:
            await self._link(step["link"])
        if "agent" in step:
            await self._answer(step["agent"], step["says"])
        elif "says" in step:
            await self._say(step["who"], step["on"], step["says"])
        if "kept" in step:
            await self._tell_kept(step["kept"])
        if "case" in step:
            await self._settle(step["case"])

    async def close(self) -> None:
        """Leave every chat."""
        for place in self.places.values():
            if place.chat is not None:
                await place.chat.close()

    async def _say(self, who: str, channel: str, says: str | list[str]) -> None:
        """What a customer writes, and what the shop answers."""
        place = await self._place(who, channel)
        for text in [says] if isinstance(says, str) else says:
            self.lines.append(f"**{who}, by {CHANNELS[channel]}:** {_plain(text)}")
            if place.chat is not None:
                await place.chat.say(text)
            else:
                await self.demo.phones.text(place.phone, text)
        await _until(self.demo.gateway.idle)
        replies = [_quoted(one) for one in await self._news(place)]
        self.lines += [*(replies or ["> *(no reply)*"]), await self._why()]

    async def _place(self, who: str, channel: str) -> Place:
        """Where they are; a chat is opened when it is first needed."""
        if (who, channel) not in self.places:
            place = Place(channel, PHONES.get(who, STRANGER))
            if channel != "sms":
                jwt = self.demo.login(who.lower(), who) if channel == "login" else None
                socket = f"{self.demo.url.replace('http', 'ws', 1)}/channels/{CHAT}/socket"
                place.chat = ChatClient(socket, self.demo.url, jwt=jwt)
                await place.chat.connect()
            self.places[who, channel] = place
        return self.places[who, channel]

    async def _news(self, place: Place) -> list[str]:
        """What this customer was shown since the last time."""
        if place.chat is None:
            texts = [one.text for one in self.demo.phones.texts_to(place.phone)]
        else:
            await self._pong(place.chat)
            texts = list(_shown(place.chat))
        news = texts[place.shown :]
        place.shown = len(texts)
        return news

    async def _pong(self, chat: ChatClient) -> None:
        """Frames keep their order: after the pong, everything pushed before it is here."""
        self.pings += 1
        wanted = {"type": "pong", "n": self.pings}
        await chat.send({"type": "ping", "n": self.pings})

        async def came() -> bool:
            return any(not one.sent and one.frame == wanted for one in chat.wire)

        await _until(came)

    async def _why(self) -> str:
        """What the turns since the last time decided, in a few words."""
        said = []
        for customer in await self._get("/customers"):
            for entry in await self._get(f"/customers/{customer['id']}/timeline"):
                turn = entry["turn_id"]
                if turn is not None and turn not in self.turns:
                    self.turns.add(turn)
                    said.append(_decision(await self._get(f"/turns/{turn}")))
        if not said:
            handed = await self._get("/handoffs")
            said.append(f"silent: {'a person has the case' if handed else 'a carrier word'}")
        return f"`{'; '.join(said)}`"

    async def _link(self, who: str) -> None:
        """A person at the shop's desk joins somebody's login to their phone."""
        login = f"login:{who.lower()}"
        found = await self._get("/customers")
        phone = f"phone:{PHONES[who]}"
        (home,) = [one for one in found if phone in [each["key"] for each in one["handles"]]]
        body = {"handle": login, "customer_id": home["id"], "evidence": "Confirmed at the desk"}
        await self._post("/identities/link", body)
        self.lines.append(f"*In the console, `{login}` is joined to the customer of `{phone}`.*")

    async def _answer(self, name: str, text: str) -> None:
        """A person answers, in the console, the case that waits; where it arrived is written."""
        handoff = await self._waiting()
        found = f"in the queue “{handoff['queue']}”, {handoff['urgency']}: “{handoff['reason']}”"
        self.lines.append(f"*In the console, {name} finds the case {found}*")
        await self._post(f"/handoffs/{handoff['id']}/answer", {"text": text, "name": name})
        arrived: list[tuple[Place, str]] = []

        async def here() -> bool:
            for place in self.places.values():
                arrived.extend([(place, one) for one in await self._news(place)])
            return bool(arrived)

        await _until(here)
        for place, words in arrived:
            self.lines += [f"**Arriving by {CHANNELS[place.channel]}:**", _quoted(words)]

    async def _tell_kept(self, who: str) -> None:
        """What is stored of the last message of a customer."""
        texts = [
            entry["text"]
            for customer in await self._get("/customers")
            for entry in await self._get(f"/customers/{customer['id']}/timeline")
            if entry["author"] == "customer"
        ]
        self.lines.append(f"*What is stored of {who}'s words:* {_plain(texts[-1])}")

    async def _settle(self, how: str) -> None:
        """A person gives the case back to the bot, or closes it."""
        handoff = await self._waiting()
        await self._post(f"/handoffs/{handoff['id']}/{how}", {})
        self.lines.append(f"*In the console, a person {NEWS[how]}.*")

    async def _waiting(self) -> Mapping[str, Any]:
        """The case that waits for a person. Raises `LookupError` when the story has none."""
        found = await self._get("/handoffs")
        if not found:
            raise LookupError("no case waits for a person here:\n" + "\n".join(self.lines[-6:]))
        first: Mapping[str, Any] = found[0]
        return first

    async def _get(self, path: str) -> Any:
        async with self.http.get(f"{self.demo.url}/api/v1{path}") as answer:
            answer.raise_for_status()
            return await answer.json()

    async def _post(self, path: str, body: Mapping[str, str]) -> None:
        async with self.http.post(f"{self.demo.url}/api/v1{path}", json=body) as answer:
            answer.raise_for_status()


async def _until(true: Callable[[], Any]) -> None:
    """Wait until it is true. Raises `TimeoutError`."""
    async with asyncio.timeout(PATIENCE):
        while not await true():  # noqa: ASYNC110 - what is waited for is told to nobody
            await asyncio.sleep(0.02)


def _shown(chat: ChatClient) -> Iterator[str]:
    for _, one in sorted(chat.thread.items()):
        if one.author != "customer":
            choices = " ".join(f"[{choice['label']}]" for choice in one.quick_replies)
            name = f"{one.name}: " if one.name else ""
            yield f"{name}{one.text}\n{choices}".strip()


def _decision(turn: Mapping[str, Any]) -> str:
    """Intent, move and rule of one turn, as its record has them."""
    record = turn["record"]
    parts = [record["intent"] or "no intent", record["record"]["move"]]
    if record["silent"]:
        parts.append(f"silent ({record['silent']})")
    if record["escalated"]:
        parts.append(f"to people by the rule {record['escalated']}")
    return ", ".join(one for one in parts if one)


def _plain(text: str) -> str:
    """A text as Markdown shows it, unchanged to the reader."""
    for mark in "\\*_[]<`":
        text = text.replace(mark, f"\\{mark}")
    return text


def _quoted(text: str) -> str:
    return "\n".join(f"> {_plain(line)}\\" for line in text.splitlines()).rstrip("\\")


async def agents_token(demo: Demo) -> str:
    """A token of the shop's people, who take cases and answer."""
    gateway, token = demo.gateway, secrets.token_urlsafe(32)
    kept = NewToken(gateway.new_id(), "agents", hash_secret(token), ROLES[Role.OWNER], None)
    now = to_micros(gateway.now())
    await gateway.store.run(add_token, kept, "stories", now, gateway.new_id())
    return token


async def play(story: Mapping[str, Any], models: Path) -> list[str]:
    """One story in a shop of its own, as the lines of the page."""
    clock = Clock(story["at"])
    with tempfile.TemporaryDirectory() as folder:
        async with running_demo(Path(folder), models=models, now=clock.now) as demo:
            headers = {"Authorization": f"Bearer {await agents_token(demo)}"}
            async with aiohttp.ClientSession(headers=headers) as http:
                stage = Stage(demo, clock, http)
                try:
                    for step in story["steps"]:
                        await stage.play(step)
                finally:
                    await stage.close()
    return [f"## {story['title']}", story["about"], *stage.lines]


async def make(stories: Sequence[Mapping[str, Any]]) -> str:
    """The whole page."""
    lines = [HEAD.rstrip()]
    for story in stories:
        lines += await play(story, model_cache())
    return "\n\n".join(lines) + "\n"


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "stories.md"
    told = tomllib.loads(STORIES.read_text(encoding="utf-8"))["story"]
    target.write_text(asyncio.run(make(told)), encoding="utf-8")
