"""The bus: cheap when nobody watches, in order, and never waiting for a slow watcher."""

from __future__ import annotations

from datetime import UTC, datetime

from gateway.events import Bus, Event

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def notice(kind: str) -> Event:
    return Event(kind, NOON)


async def test_every_watcher_sees_every_event_in_order() -> None:
    bus = Bus()
    with bus.subscribe() as one, bus.subscribe() as two:
        for kind in ("received", "admitted", "resolved"):
            bus.publish(notice(kind))
        bus.close()
        assert [event.kind async for event in one] == ["received", "admitted", "resolved"]
        assert [event.kind async for event in two] == ["received", "admitted", "resolved"]
        assert not one.dropped


async def test_listening_follows_the_watchers() -> None:
    bus = Bus()
    seen = [bus.listening]
    bus.publish(notice("received"))
    with bus.subscribe() as watcher:
        seen.append(bus.listening)
    seen.append(bus.listening)
    assert seen == [False, True, False]
    assert [event async for event in watcher] == []


async def test_a_slow_watcher_is_dropped_and_the_others_are_not() -> None:
    bus = Bus()
    with bus.subscribe(maxsize=2) as slow, bus.subscribe(maxsize=9) as quick:
        for kind in ("received", "admitted", "resolved"):
            bus.publish(notice(kind))
        assert [event.kind async for event in slow] == ["received", "admitted"]
        assert slow.dropped
        bus.publish(notice("recalled"))
        bus.close()
        assert len([event async for event in quick]) == 4
        assert not quick.dropped


async def test_leaving_twice_is_harmless() -> None:
    bus = Bus()
    watcher = bus.subscribe()
    bus.leave(watcher)
    bus.leave(watcher)
    bus.close()
    assert [event async for event in watcher] == []
