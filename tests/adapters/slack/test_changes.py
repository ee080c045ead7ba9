"""A message that its author edits or takes back is known to have changed, and no other is."""

from __future__ import annotations

from typing import Any

import pytest

from core.message import Handle, Revision
from tests.adapters.slack.account import TEAM, USER, event, line, make_adapter


async def revisions(inner: dict[str, Any]) -> list[Revision]:
    adapter = make_adapter()
    received = await adapter.receive("events", event({"ts": "1700000009.000000", **inner}))
    await adapter.close()
    assert received.messages == ()
    return list(received.revisions)


def changed(message: dict[str, Any], before: str = "hello") -> dict[str, Any]:
    whole = {"user": USER, "text": "hello, you", "ts": "1700000000.000100"} | message
    return {
        "subtype": "message_changed",
        "user": None,
        "text": None,
        "message": whole,
        "previous_message": {"user": USER, "text": before, "ts": whole["ts"]},
    }


BY_AUTHOR = {"edited": {"user": USER, "ts": "1700000008.000000"}}


async def test_an_edit_revises_the_message_as_it_was_admitted() -> None:
    async with line() as on:
        ts = await on.slack.write(USER, "where is it")
        await on.slack.edit(USER, ts, "where is <it>?")
        (message,) = on.door.messages
        (revision,) = on.door.revisions
        assert revision.revises == message.event_id
        assert revision.sender == message.sender
        assert revision.text == "where is <it>?"


async def test_a_message_taken_back_is_revised_to_nothing() -> None:
    async with line() as on:
        ts = await on.slack.write(USER, "where is it")
        await on.slack.delete(USER, ts)
        (revision,) = on.door.revisions
        assert (revision.revises, revision.text) == (on.door.messages[0].event_id, None)
        assert revision.sender == Handle("slack", f"{TEAM}:{USER}")


async def test_an_edit_names_the_author_of_the_message() -> None:
    (revision,) = await revisions(changed(BY_AUTHOR))
    assert revision.sender == Handle("slack", f"{TEAM}:{USER}")


async def test_a_root_that_is_taken_back_under_its_replies_is_taken_back() -> None:
    inner = changed({"subtype": "tombstone", "text": "This message was deleted.", "user": "USLACK"})
    (revision,) = await revisions(inner)
    assert (revision.text, revision.revises) == (None, f"{TEAM}:D{USER}:1700000000.000100")


@pytest.mark.parametrize(
    "inner",
    [
        changed({}),
        changed({"edited": {"user": "U0ADMIN", "ts": "1700000008.000000"}}),
        changed({"text": "hello", "attachments": [{"title": "unfurled"}], **BY_AUTHOR}),
        changed({"bot_id": "B0OTHER", **BY_AUTHOR}),
        changed({"user": "U0ONETHREAD", "edited": {"user": "U0ONETHREAD", "ts": "1"}}),
        {"subtype": "message_deleted", "previous_message": {"bot_id": "B0", "user": "U0"}},
        {"subtype": "message_deleted", "previous_message": {"user": "U0ONETHREAD"}},
        {"subtype": "message_deleted"},
    ],
)
async def test_no_other_change_is_a_revision(inner: dict[str, Any]) -> None:
    assert await revisions(inner) == []
