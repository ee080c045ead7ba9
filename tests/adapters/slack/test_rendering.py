"""A neutral message becomes posts within Slack's limits, and what is personal stays personal."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.blocks import PRIVATELY, slack_renderer
from core.channel import CannotRender
from core.message import (
    Attachment,
    Audience,
    Author,
    OutboundMessage,
    OutboundPart,
    QuickReply,
    RenderedPart,
    Sensitivity,
)
from tests.adapters.slack.account import CHANNEL, USER, line

SECRET_TEXT = "Your order 1042 goes to 5 Loom Lane."


def rendered(text: str = "hello", **options: Any) -> list[RenderedPart]:
    return list(slack_renderer()(OutboundMessage(text, **options)))


def blocks(part: RenderedPart) -> list[dict[str, Any]]:
    found = part.payload["blocks"]
    assert isinstance(found, list)
    return found


async def test_trap_17_in_a_channel_what_is_personal_goes_to_the_person_alone() -> None:
    async with line() as on:
        await on.slack.write(USER, "@OneThread where is it?", channel=CHANNEL)
        (message,) = on.door.messages
        personal = OutboundMessage(
            SECRET_TEXT, sensitivity=Sensitivity.PERSONAL, audience=message.audience
        )
        for number, one in enumerate(on.adapter.render(personal)):
            part = OutboundPart(f"p{number}", "slack", "slack", message.reply_address, one.payload)
            await on.adapter.send(part)
        assert [one.text for one in on.slack.posts_to(CHANNEL)] == [PRIVATELY]
        assert [one.text for one in on.slack.posts_to(USER)] == [SECRET_TEXT]
        assert on.slack.posts_to(USER)[0].thread_ts == ""


@pytest.mark.parametrize(
    "options",
    [
        {"sensitivity": Sensitivity.PERSONAL},
        {"audience": Audience.ROOM},
    ],
)
def test_nothing_else_is_sent_directly(options: dict[str, Any]) -> None:
    assert not any("direct" in one.payload for one in rendered(**options))


def test_trap_17_choices_and_files_of_a_personal_answer_are_direct_too() -> None:
    parts = rendered(
        SECRET_TEXT,
        quick_replies=(QuickReply("Yes", "yes"),),
        attachments=(Attachment("bill.pdf", "application/pdf", "file:1", 3),),
        audience=Audience.ROOM,
        sensitivity=Sensitivity.PERSONAL,
    )
    assert [one.payload.get("direct", False) for one in parts] == [False, True, True]
    assert SECRET_TEXT not in str(parts[0])
    assert "bill" not in str(parts[0])


def test_choices_are_buttons_whose_values_come_back() -> None:
    (part,) = rendered(quick_replies=(QuickReply("Yes", "yes"), QuickReply("No", "no")))
    actions = blocks(part)[-1]
    assert actions["type"] == "actions"
    assert [one["value"] for one in actions["elements"]] == ["yes", "no"]
    assert len({one["action_id"] for one in actions["elements"]}) == 2


def test_more_choices_than_buttons_are_listed() -> None:
    replies = tuple(QuickReply(f"No. {n}", str(n)) for n in range(11))
    (part,) = rendered(quick_replies=replies)
    assert "11. No. 10" in str(part.payload["text"])
    assert part.notes == ("Choices are written as a numbered list.",)


def test_a_label_that_is_too_long_for_a_button_is_cut() -> None:
    (part,) = rendered(quick_replies=(QuickReply("x" * 80, "x"),))
    assert len(blocks(part)[-1]["elements"][0]["text"]["text"]) == 75


def test_slack_makes_no_links_of_its_own() -> None:
    assert blocks(rendered("#general @channel")[0])[0]["text"]["verbatim"] is True


def test_a_long_text_is_split_and_says_so() -> None:
    text = "\n\n".join(["word " * 500] * 10)
    parts = rendered(text)
    assert len(parts) == 3
    assert parts[0].notes == ("The text is split into 3 parts.",)


def test_a_passage_too_long_for_a_section_is_cut_and_says_so() -> None:
    (part,) = rendered("**word** " * 800)
    assert len(blocks(part)) == 2
    assert part.notes == ("A long passage is shown without its marks.",)


def test_a_person_is_named_and_the_bot_is_not() -> None:
    by_person = rendered(author=Author.AGENT, author_name="Bo & *Co*")
    assert blocks(by_person[0])[0]["text"]["text"] == "*Bo &amp; Co*"
    by_bot = rendered(author=Author.BOT, author_name="Lamp & Loom")
    assert len(blocks(by_bot[0])) == 1


def test_each_file_is_a_part_of_its_own() -> None:
    file = Attachment("bill.pdf", "application/pdf", "file:1", 3)
    parts = rendered(attachments=(file, file))
    assert len(parts) == 3
    assert parts[2].payload["attachments"] == [
        {"name": "bill.pdf", "media_type": "application/pdf", "reference": "file:1", "size": 3}
    ]


def test_what_shows_nothing_cannot_be_rendered() -> None:
    with pytest.raises(CannotRender):
        rendered("   ")
