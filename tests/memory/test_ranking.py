"""A long talk about nothing does not push out what the customer told in the midst of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.message import Author
from core.turn import Said
from memory.recall.choosing import recall
from memory.recall.indexed_thread import index
from memory.recall.standing_block import NOTHING

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
IDLE = (
    "There was a nice song on the radio",
    "It started to rain here just now",
    "One moment, somebody is at the door",
    "My dog barked at the postman",
)
TOLD = "I am Ben but I think my new doctor is Johnson"


def talk(lines: int, answer: str = "Noted, with {} lines so far", pause: int = 30) -> list[Said]:
    """A talk of that many idle lines with the bot's answer to each; one line tells something."""
    texts = [IDLE[number % len(IDLE)] for number in range(lines)]
    texts[3] = TOLD
    rows = [
        (author, text)
        for number, line in enumerate(texts)
        for author, text in (
            (Author.CUSTOMER, line),
            (Author.BOT, answer.format(number)),
        )
    ]
    return [
        Said(
            f"1-{at}",
            START + timedelta(seconds=pause * at),
            "sms",
            author,
            text,
            len(text) // 4 + 1,
            "phone:+1",
        )
        for at, (author, text) in enumerate(rows)
    ]


def recalled(said: list[Said], text: str, budget: int) -> list[Said]:
    """What is recalled from it two hours later."""
    found = recall(index(said), text, NOTHING, said[-1].at + timedelta(hours=2), budget)
    return [one.said for one in found.recalled]


def test_what_was_told_goes_before_what_only_stood_in_the_same_long_talk() -> None:
    said = talk(200)
    said = [one for one in said if one.text != IDLE[0] or one.id in {"1-80", "1-240"}]
    found = recalled(said, "which song was it", 500)
    assert TOLD in {one.text for one in found}
    assert IDLE[0] in {one.text for one in found}, "what matches by itself"


def test_of_what_the_bot_says_again_and_again_one_is_recalled_for_its_session() -> None:
    said = [one for one in talk(200) if one.text not in IDLE[:1] or one.id == "1-80"]
    found = recalled(said, "which song was it", 2_000)
    near = {f"1-{at}" for at in range(76, 86)}
    noted = [one for one in found if one.author is Author.BOT and one.id not in near]
    assert len(noted) <= 1
    assert TOLD in {one.text for one in found}


def test_what_the_bot_said_beside_what_matches_is_no_repetition() -> None:
    said = talk(200, answer="Your ticket is number {}")
    said[80] = said[80]._replace(text="the zebra crossing is gone")
    found = {one.id for one in recalled(said, "the zebra", 500)}
    # Next to what matches it may be the answer to just that.
    assert {"1-79", "1-80", "1-81"} <= found


def test_a_short_talk_that_matches_is_still_recalled_as_a_whole() -> None:
    said = talk(200)
    at = said[-1].at + timedelta(days=1)
    rows = (
        (Author.CUSTOMER, "The zebra print is torn"),
        (Author.AGENT, "We are sorry to hear that"),
        (Author.CUSTOMER, "May it be picked up"),
        (Author.AGENT, "Berta will fetch it with the blue van"),
    )
    last = [
        Said(f"2-{n}", at + timedelta(minutes=n), "sms", author, text, 8, "phone:+1")
        for n, (author, text) in enumerate(rows)
    ]
    later = [one._replace(id=f"3{one.id}", at=one.at + timedelta(days=2)) for one in talk(30)]
    found = {one.id for one in recalled([*said, *last, *later], "the zebra", 500)}
    assert {"2-0", "2-1", "2-2", "2-3"} <= found
