"""How far a visitor of the demo is in its story, read off what the gateway tells.

Pure: events in, the state of the five steps out. The page shows it; nothing depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from gateway.events import Event

_ELSEWHERE = ("slack", "email")
"""Where Ada goes on once her phone and her mail address are known to be one."""


@dataclass(frozen=True, slots=True)
class Story:
    """The steps that are done. `checking`: the bot has asked whether what it remembers is meant;
    `handed`: people have the case; `answered`: one of them spoke."""

    asked: bool = False
    met: bool = False
    linked: bool = False
    checking: bool = False
    went_on: bool = False
    handed: bool = False
    answered: bool = False


def advance(story: Story, event: Event) -> Story:
    """The story after an event."""
    data = event.data
    if event.kind == "decided" and data.get("silent") is None:
        return _answered(story, data.get("channel"), data.get("move") == "offer")
    if event.kind == "identity":
        return replace(story, linked=data.get("state") == "linked", checking=False)
    if event.kind == "handoff":
        opened = data.get("state") in ("opened", "taken", "answered")
        return replace(story, handed=opened)
    if event.kind == "message" and data.get("author") == "agent":
        return replace(story, answered=True)
    return story


def _answered(story: Story, channel: object, offered: bool) -> Story:
    if channel == "sms":
        return replace(story, asked=True)
    if channel == "email" and not story.linked:
        return replace(story, met=True)
    if not story.linked or channel not in _ELSEWHERE:
        return story
    return replace(story, checking=offered, went_on=story.went_on or not offered)
