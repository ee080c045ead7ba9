"""Follows the gateway for the demo's page: the steps in words, what was said, how far the story is.

It only watches. Pages hear of it on a bus of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from gateway.demo.outside import Standing
from gateway.demo.places import Said
from gateway.demo.story import Story, advance
from gateway.events import STEPS, Bus, Event
from gateway.turns.trace import handle_words, tell

_STEPS_KEPT = 70
_ROOM = 4096


@dataclass(frozen=True, slots=True)
class Sights:
    """What can be looked at. `places` give what was said in each, oldest first; who Ada is to the
    shop and how many cases are with people are read from the database."""

    places: Sequence[Callable[[], Sequence[Said]]]
    standing: Callable[[], Awaitable[Standing]]
    waiting: Callable[[], Awaitable[int]]


class Watcher:
    """Takes in what happens and tells pages what to show."""

    def __init__(self, sights: Sights, now: Callable[[], datetime]) -> None:
        self._sights = sights
        self._now = now
        self.pages = Bus()
        self.story = Story()
        self.standing = Standing()
        self.waiting = 0
        self.told = 0
        """The number of the last thing that pages were told."""
        self.steps: deque[Mapping[str, object]] = deque(maxlen=_STEPS_KEPT)
        self._channels: dict[int | None, object] = {}
        self._strangers: set[int | None] = set()
        self._shown = [0] * len(sights.places)

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
        self.show_said()
        if event.kind == "resolved" and str(event.data.get("handle")).startswith("visitor:"):
            self._strangers.add(event.conversation_id)
        # The story is Ada's; what an anonymous visitor does is no step of it.
        stranger = event.conversation_id in self._strangers
        story = self.story if stranger else advance(self.story, event)
        standing, waiting = self.standing, self.waiting
        if event.kind in ("handoff", "identity", "resolved"):
            standing = await self._sights.standing()
            waiting = await self._sights.waiting()
            linked = {"phone", "mail"} <= set(standing.joined)
            story = replace(story, linked=linked)
        if (story, standing, waiting) != (self.story, self.standing, self.waiting):
            self.story, self.standing, self.waiting = story, standing, waiting
            self._tell({"kind": "story", **self.story_data()})

    def story_data(self) -> Mapping[str, object]:
        """How far the story is, who Ada is to the shop, and how many cases wait for a person."""
        return {**asdict(self.story), **asdict(self.standing), "waiting": self.waiting}

    def state(self) -> Mapping[str, object]:
        """All that was said, place by place, the steps and the story, up to what was told last."""
        self.show_said()
        return {
            "said": [said_data(one) for said in self._sights.places for one in said()],
            "steps": list(self.steps),
            "story": self.story_data(),
            "told": self.told,
        }

    def show_said(self) -> None:
        """Tell the pages of messages they have not shown yet."""
        for place, said in enumerate(self._sights.places):
            all_said = said()
            for one in all_said[self._shown[place] :]:
                self._tell({"kind": "said", **said_data(one)})
            self._shown[place] = len(all_said)

    def _tell(self, message: Mapping[str, object]) -> None:
        self.told += 1
        data = {**message, "number": self.told}
        self.pages.publish(Event("page", self._now(), data=data))

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


def said_data(one: Said) -> Mapping[str, object]:
    """A message as the page reads it."""
    return {
        **one.detail,
        "place": one.place,
        "id": one.id,
        "who": one.who,
        "name": one.name,
        "text": one.text,
        "at": one.at,
    }


def _sentence(event: Event) -> str | None:
    """A step in words, or what people did between the steps of messages."""
    data = event.data
    if event.kind in STEPS:
        return tell(event.kind, data)
    if event.kind == "identity":
        joined = "joined to" if data.get("state") == "linked" else "parted from"
        return f"{_capital(handle_words(str(data.get('handle'))))} was {joined} the rest, by hand."
    if event.kind == "message" and data.get("author") == "agent":
        return "A person answered; the bot keeps quiet."
    if event.kind == "handoff" and data.get("state") in ("handed back", "resolved"):
        return "The case is out of human hands; the bot answers again."
    return None


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
