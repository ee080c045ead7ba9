"""Posting: what each misfortune means for a retry, and how a lost post is found again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.slack.errors import DEAD, REASONS
from adapters.slack.simulator import Fault
from core.channel import SendError
from core.channel_abilities import Absent, Attempt, Found, Unknown
from core.message import DeliveryStatus, OutboundPart
from tests.adapters.slack.account import CHANNEL, TEAM, TOKEN, USER, Line, line, part, utc_now


async def failing(on: Line, fault: Fault | None = None) -> SendError:
    """What a send ends in; it is an error, after one single request."""
    on.slack.world.person(USER)
    on.slack.world.direct(USER)
    if fault is not None:
        on.slack.faults.append(fault)
    before = len(on.slack.api.calls)
    with pytest.raises(SendError) as told:
        await on.adapter.send(part("a secret text"))
    assert len(on.slack.api.calls) - before <= 1, "one call, one request"
    for hidden in ("secret text", TOKEN, USER):
        assert hidden not in told.value.reason
    return told.value


def flags(error: SendError) -> tuple[bool, bool]:
    return error.retryable, error.ambiguous


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("throttle"), (True, False)),
        (Fault("fail"), (True, True)),
        (Fault("garbage"), (True, True)),
        (Fault("lose"), (True, True)),
        (Fault("drop"), (True, True)),
        (Fault("hang", seconds=3.0), (True, True)),
        (Fault("refuse"), (False, False)),
        (Fault("refuse", code="internal_error"), (True, True)),
        (Fault("refuse", code="something_new"), (False, False)),
    ],
)
async def test_each_misfortune_says_whether_it_may_be_retried(
    fault: Fault, expected: tuple[bool, bool]
) -> None:
    async with line(timeout_seconds=0.5) as on:
        assert flags(await failing(on, fault)) == expected


@pytest.mark.parametrize("code", sorted(REASONS))
async def test_a_refusal_is_told_in_words_and_never_retried(code: str) -> None:
    async with line() as on:
        error = await failing(on, Fault("refuse", code=code))
        assert error.reason == REASONS[code]
        assert (flags(error), error.provider_code, error.dead) == (
            (False, False), code, code in DEAD
        )  # fmt: skip


async def test_a_connection_that_is_refused_is_safe_to_retry() -> None:
    async with line(api_base_url="http://127.0.0.1:9/api/") as on:
        assert flags(await failing(on)) == (True, False)


async def test_the_sdks_own_retries_are_off_so_that_no_post_is_made_twice() -> None:
    async with line() as on:
        await failing(on, Fault("drop"))
        assert on.slack.api.calls.count("chat.postMessage") == 1


async def test_a_429_names_the_seconds_and_is_kept_to_by_method_and_workspace() -> None:
    async with line() as on:
        error = await failing(on, Fault("throttle", seconds=30))
        assert error.retry_after == 30
        again = await failing(on)
        assert again.retry_after is not None
        assert 28 < again.retry_after <= 30
        assert on.slack.api.calls.count("chat.postMessage") == 1
        # Another workspace is free, and so is another method of this one.
        await on.adapter.send(part("hi", team="T0OTHER"))
        assert (await on.adapter.health()).ok


async def test_a_429_storm_reaches_slack_once_and_loses_nothing() -> None:
    async with line() as on:
        on.slack.world.person(USER)
        on.slack.world.direct(USER)
        on.slack.faults.append(Fault("throttle", seconds=1))
        waiting = [part(f"no {n}", key=f"p{n}") for n in range(20)]
        for one in list(waiting):
            with pytest.raises(SendError):
                await on.adapter.send(one)
        assert on.slack.api.calls.count("chat.postMessage") == 1
        assert on.slack.posts_to(USER) == []


async def test_a_post_carries_its_key_and_unfurls_nothing() -> None:
    async with line() as on:
        await on.slack.write(USER, "hello")
        receipt = await on.adapter.send(part("hi", key="part-7"))
        (post,) = [one for one in on.slack.world.direct(USER).posts if one.get("bot_id")]
        assert post["metadata"]["event_payload"] == {"key": "part-7"}
        assert receipt.provider_id == f"D{USER}:{post['ts']}"
        assert receipt.status is DeliveryStatus.SENT


@pytest.mark.parametrize("thread", ["", "root"])
async def test_a_lost_answer_is_reconciled_to_the_post_that_was_made(thread: str) -> None:
    async with line() as on:
        root = await on.slack.write(USER, "@OneThread hi", channel=CHANNEL) if thread else ""
        if not thread:
            await on.slack.write(USER, "hi")
        where = {"channel": CHANNEL, "thread_ts": root} if thread else {}
        sent = part("hello", key="lost", **where)
        on.slack.faults.append(Fault("lose"))
        at = utc_now()
        with pytest.raises(SendError):
            await on.adapter.send(sent)
        (crossing,) = on.slack.posts_to(CHANNEL if thread else USER)
        found = await on.adapter.reconcile(Attempt(sent, at))
        assert found == Found(f"{crossing.channel}:{crossing.id}")


async def test_an_equal_text_under_another_key_is_not_taken_for_the_lost_one() -> None:
    async with line() as on:
        await on.slack.write(USER, "hi")
        await on.adapter.send(part("hello", key="earlier"))
        attempt = Attempt(part("hello", key="lost"), utc_now() - timedelta(minutes=1))
        assert await on.adapter.reconcile(attempt) == Absent()


async def test_a_post_that_may_not_show_yet_is_not_called_absent() -> None:
    async with line() as on:
        await on.slack.write(USER, "hi")
        found = await on.adapter.reconcile(Attempt(part("hello"), utc_now()))
        assert isinstance(found, Unknown)


async def test_a_history_that_cannot_be_read_leaves_it_unknown() -> None:
    async with line() as on:
        await on.slack.write(USER, "hi")
        on.slack.faults.append(Fault("fail", method="conversations.history"))
        attempt = Attempt(part("hello"), utc_now() - timedelta(minutes=1))
        assert isinstance(await on.adapter.reconcile(attempt), Unknown)


async def test_a_lost_post_far_back_in_a_long_history_is_found() -> None:
    async with line() as on:
        await on.slack.write(USER, "hi")
        at = utc_now()
        await on.adapter.send(part("hello", key="lost"))
        for number in range(450):
            await on.adapter.send(part("more", key=f"later-{number}"))
        assert isinstance(await on.adapter.reconcile(Attempt(part("hello", key="lost"), at)), Found)


async def test_a_direct_message_that_could_not_be_opened_was_not_sent_for_certain() -> None:
    async with line() as on:
        on.slack.add_person(USER, "Ada")
        on.slack.faults.append(Fault("lose", method="conversations.open"))
        with pytest.raises(SendError) as told:
            await on.adapter.send(part("news", channel=""))
        assert flags(told.value) == (True, False)


@pytest.mark.parametrize(
    ("to", "address"),
    [
        ("U0ADA", {"user": "U0ADA"}),
        ("#C0HELP", {"channel": "C0HELP"}),
        (f"{TEAM}:U0ADA", {"user": "U0ADA", "team": TEAM}),
        ("E0GRID:W0ADA", {"user": "W0ADA", "enterprise": "E0GRID"}),
    ],
)
async def test_people_and_channels_are_addressed_by_id(to: str, address: dict[str, str]) -> None:
    async with line() as on:
        assert on.adapter.address_of(to) == address


@pytest.mark.parametrize("to", ["ada", "#help", "", "U0ADA; C0HELP", "u0ada"])
async def test_what_is_no_id_is_refused_in_words(to: str) -> None:
    async with line() as on:
        with pytest.raises(ValueError, match="Copy member ID"):
            on.adapter.address_of(to)


async def test_a_conversation_we_begin_has_the_key_of_the_answer_to_it() -> None:
    async with line() as on:
        on.slack.add_person(USER, "Ada")
        opening = await on.adapter.opening(f"{TEAM}:{USER}")
        await on.slack.write(USER, "Thank you for asking.")
        [message] = on.door.messages
        assert message.conversation_key == opening.key
        assert message.reply_address["channel"] == opening.address["channel"]
        with pytest.raises(ValueError, match="no person"):
            await on.adapter.opening("C0HELP")


async def test_somebody_who_never_wrote_can_be_written_to() -> None:
    async with line() as on:
        on.slack.add_person(USER, "Ada")
        sent = OutboundPart("1", "slack", "slack", on.adapter.address_of(USER), {"text": "news"})
        await on.adapter.send(sent)
        assert [one.text for one in on.slack.posts_to(USER)] == ["news"]
