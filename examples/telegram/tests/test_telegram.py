"""The channel keeps its contract; and what is Telegram's alone: edits, groups, buttons, blocks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from adapters.calling import Told
from adapters.testing import AdapterContract
from core.message import Audience, OutboundMessage, QuickReply
from onethread_telegram.adapter import TelegramAdapter, meaning
from onethread_telegram.harness import TelegramHarness
from onethread_telegram.parsing import Update, edited, picked, written
from onethread_telegram.simulator import ADA, SECRET_HEADER, TelegramSimulator, update

AT = datetime(2027, 1, 15, 8, tzinfo=UTC)
GROUP = {"id": -4000, "type": "supergroup", "title": "Regulars"}


class TestTelegram(AdapterContract):
    harness = TelegramHarness()


def read(told: Mapping[str, Any]) -> Update:
    return Update.model_validate_json(json.dumps(told))


def message(**more: object) -> Any:
    found = read(update(7, ADA, AT, **more)).message
    assert found is not None
    return found


def test_an_edit_revises_the_message_that_came_before() -> None:
    first = written(message(text="two please"), "bot")
    change = edited(message(text="three please", edit_date=1_800_000_000), "bot")
    assert first is not None
    assert (change.revises, change.sender) == (first.event_id, first.sender)
    assert (change.text, change.at) == ("three please", datetime(2027, 1, 15, 8, tzinfo=UTC))


def test_a_group_is_a_room_with_its_own_name() -> None:
    found = written(message(text="hello", chat=GROUP), "bot")
    assert found is not None and found.place is not None
    assert (found.audience, found.place.title) == (Audience.ROOM, "Regulars")
    assert found.reply_address == {"chat": "-4000"}


def test_a_reply_in_a_group_without_topics_is_no_thread_of_its_own() -> None:
    found = written(message(text="hello", chat=GROUP, message_thread_id=3), "bot")
    assert found is not None and found.conversation_key == "-4000"


@pytest.mark.parametrize(
    "more",
    [
        {"text": "hello", "from": {"id": 5, "is_bot": True}},
        {"chat": GROUP, "new_chat_members": [{"id": 5}]},
    ],
)
def test_a_bot_and_what_happens_in_a_group_are_passed_over(more: dict[str, Any]) -> None:
    assert written(message(**more), "bot") is None


def test_what_cannot_be_shown_here_is_for_a_person() -> None:
    found = written(message(location={"latitude": 1.0, "longitude": 2.0}), "bot")
    assert found is not None and found.needs_person is not None


def test_of_a_photo_the_largest_size_is_taken_with_its_caption() -> None:
    sizes = [{"file_id": "small"}, {"file_id": "large"}]
    found = written(message(photo=sizes, caption="broken"), "bot")
    assert found is not None
    assert [(one.reference, one.media_type) for one in found.attachments] == [
        ("large", "image/jpeg")
    ]
    assert found.text == "broken"


def test_a_button_comes_in_as_its_label_and_stops_waiting() -> None:
    query = {
        "id": "q1",
        "from": {"id": ADA},
        "data": "track",
        "message": {
            "message_id": 3,
            "date": 0,
            "chat": {"id": ADA, "type": "private"},
            "reply_markup": {"inline_keyboard": [[{"text": "Track it", "callback_data": "track"}]]},
        },
    }
    it = read({"callback_query": query}).callback_query
    assert it is not None
    found = picked(it, "bot", AT)
    assert found is not None
    assert (found.text, found.quick_reply, found.sent_at) == ("Track it", "track", AT)


def test_a_choice_too_long_for_a_button_is_listed() -> None:
    long = QuickReply("Track it", "t" * 65)
    part = TelegramAdapter.render(None, OutboundMessage("What now?", (long,)))[-1]  # type: ignore[arg-type]
    assert part.payload == {"text": "What now?\n1. Track it"}


def test_whoever_blocked_the_bot_is_not_written_to_again() -> None:
    error = meaning(Told(403, {}, b'{"ok":false,"error_code":403}'))
    assert error is not None and error.dead and not error.retryable


def test_the_simulator_shows_what_is_sent_and_shows_the_secret() -> None:
    shown: list[str] = []
    secrets: list[str | None] = []

    async def gateway(request: web.BaseRequest) -> web.Response:
        secrets.append(request.headers.get(SECRET_HEADER))
        return web.Response()

    async def talk() -> int:
        runner = web.ServerRunner(web.Server(gateway))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        simulator = TelegramSimulator("1:token", "a-secret", shown.append)
        await simulator.start()
        status = await simulator.write(f"http://127.0.0.1:{runner.addresses[0][1]}", "hi")
        await simulator.stop()
        await runner.cleanup()
        return status

    assert (asyncio.run(talk()), secrets) == (200, ["a-secret"])
