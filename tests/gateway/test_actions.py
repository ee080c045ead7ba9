"""Actions by webhook, asked of a real server that is slow, broken, closed or leads elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import orjson
import pytest
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.actions import ActionFailed, Call, Perform, RefusedAction, TryAgain
from core.effects import Act
from core.message import Assurance
from core.playbook.fields import PlaybookError
from core.playbook.model import Action
from gateway.actions.opening import check_secrets, require_secrets
from gateway.actions.performing import Actions, Patience
from gateway.actions.registry import Runners
from gateway.actions.webhook import Webhooks, body_of, may_ask
from gateway.settings.model import ConfigError, Settings
from gateway.turns.effects import Asked
from tests.core.pipeline.shop import SHOP, Talk
from tests.gateway.action_server import SECRET, Business

CALL = Call(
    "book",
    "k" * 32,
    {"day": "next Friday"},
    {"day": "2026-03-13"},
    "phone:+447700900142",
    Assurance.AUTHENTICATED,
    "sms",
    proved=("phone:+447700900142", "email:mo@example.com"),
)


class Waits:
    """Waiting that takes no time, and is remembered."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)

    def patience(self, whole_seconds: float = 20.0) -> Patience:
        return Patience(whole_seconds, self.sleep, lambda: 0.5)


@pytest.fixture
async def business() -> AsyncIterator[Business]:
    made = Business()
    async with TestServer(made.made()) as server:
        made.url = str(server.make_url("")).rstrip("/")
        yield made


def webhooks() -> Webhooks:
    return Webhooks(lambda _: SECRET, (), lambda: 1_780_000_000.4)


def book(url: str, **more: object) -> Action:
    return replace(Action("book", "your visit", url=url, results=("number",)), **more)  # type: ignore[arg-type]


async def outcome(action: Action, waits: Waits | None = None) -> Mapping[str, str]:
    actions = Actions(Runners(webhooks()), (waits or Waits()).patience())
    try:
        return await actions.run(action, CALL)
    finally:
        await actions.close()


async def test_what_was_done_is_answered_with_the_named_results_alone(business: Business) -> None:
    found = await outcome(book(f"{business.url}/do"))
    assert found == {"outcome": "done", "number": "V-0"}
    [(_, key, body)] = business.asked
    assert key == CALL.key
    assert orjson.loads(body) == {
        "action": "book",
        "channel": "sms",
        "key": CALL.key,
        "replaces": None,
        "plain": {"day": "2026-03-13"},
        "sender": {
            "handle": "phone:+447700900142",
            "level": 2,
            "proved": ["email:mo@example.com", "phone:+447700900142"],
        },
        "values": {"day": "next Friday"},
    }


@pytest.mark.parametrize(
    ("how", "why", "times"),
    [
        ("500", "it answered with the status 500", 3),
        ("503", "it answered with the status 503", 3),
        ("429", "it answered with the status 429", 3),
        ("close", "the connection was lost before it answered", 3),
        ("404", "it answered with the status 404", 1),
        ("401", "it answered with the status 401", 1),
        ("302", "it leads elsewhere (status 302), which is not followed", 1),
        ("307", "it leads elsewhere (status 307), which is not followed", 1),
        ("garbage", "its answer is not a JSON object", 1),
        ("list", "its answer is not a JSON object", 1),
        ("lacks", "its answer lacks number", 1),
        ("huge", "its answer is larger than 64 KB", 1),
    ],
)
async def test_what_goes_wrong_is_a_result_and_tried_again_where_that_may_help(
    business: Business, how: str, why: str, times: int
) -> None:
    waits = Waits()
    found = await outcome(book(f"{business.url}/{how}"), waits)
    assert (found["outcome"], found["why"]) == ("failed", why)
    assert [path for path, _, _ in business.asked] == [how] * times
    assert len({(key, body) for _, key, body in business.asked}) == 1
    assert len(waits.seconds) == times - 1
    assert waits.seconds == sorted(waits.seconds)


async def test_what_is_too_slow_is_given_up(business: Business) -> None:
    found = await outcome(book(f"{business.url}/stall", timeout_seconds=0.1, attempts=2))
    assert found == {"outcome": "failed", "why": "it did not answer in time", "tries": "2"}


@pytest.mark.parametrize("how", ["409", "422"])
async def test_a_no_of_the_business_is_final_and_may_say_more(business: Business, how: str) -> None:
    found = await outcome(book(f"{business.url}/{how}"))
    assert found == {"outcome": "refused", "number": "next week"}
    assert len(business.asked) == 1


async def test_nobody_there_is_tried_again_and_told() -> None:
    found = await outcome(book("http://127.0.0.1:9/do"))
    assert found == {"outcome": "failed", "why": "it could not be reached", "tries": "3"}


@pytest.mark.parametrize(
    "url",
    [
        "https://10.1.2.3/do",
        "https://169.254.169.254/latest",
        "https://[::ffff:10.1.2.3]/do",
        "https://[fd00::1]/do",
        "https://0.0.0.0/do",
    ],
)
async def test_no_private_address_is_asked(url: str) -> None:
    found = await outcome(book(url))
    assert found == {"outcome": "failed", "why": "its address is in a private network"}


@pytest.mark.parametrize(
    ("networks", "host", "address", "may"),
    [
        ((), "erp.example", "10.1.2.3", False),
        ((), "erp.example", "127.0.0.1", False),
        ((), "localhost", "127.0.0.1", True),
        ((), "localhost", "10.1.2.3", False),
        ((), "erp.example", "93.184.216.34", True),
        (("10.0.0.0/8",), "erp.example", "10.1.2.3", True),
        (("10.0.0.0/8",), "erp.example", "192.168.0.4", False),
    ],
)
def test_a_name_is_only_asked_at_addresses_that_may_be(
    networks: tuple[str, ...], host: str, address: str, may: bool
) -> None:
    assert may_ask(host, address, [ip_network(one) for one in networks]) is may


async def test_without_a_secret_nothing_is_asked(business: Business) -> None:
    actions = Actions(Runners(Webhooks(lambda _: None, (), lambda: 0.0)), Waits().patience())
    found = await actions.run(book(f"{business.url}/do"), CALL)
    assert found == {"outcome": "failed", "why": "the settings have no secret for it"}
    assert business.asked == []


async def test_a_later_time_that_is_asked_for_is_kept_to_or_given_up() -> None:
    async def busy(call: Call) -> Mapping[str, object]:
        raise TryAgain("it is busy", after=60)

    waits = Waits()
    found = await Actions(_Only(busy), waits.patience(10)).run(book(""), CALL)
    assert found == {"outcome": "failed", "why": "it is busy"}
    assert waits.seconds == []


async def test_what_an_action_raises_is_told_by_its_kind_alone() -> None:
    async def broken(call: Call) -> Mapping[str, object]:
        raise ValueError("Robin's card 4242")

    found = await Actions(_Only(broken), Waits().patience()).run(book(""), CALL)
    assert found == {"outcome": "failed", "why": "it raised ValueError"}


async def test_an_action_of_ones_own_may_refuse_and_fail() -> None:
    async def no(call: Call) -> Mapping[str, object]:
        raise RefusedAction({"number": 7})

    async def never(call: Call) -> Mapping[str, object]:
        raise ActionFailed("the desk is closed")

    refused = await Actions(_Only(no), Waits().patience()).run(book(""), CALL)
    failed = await Actions(_Only(never), Waits().patience()).run(book(""), CALL)
    assert refused == {"outcome": "refused", "number": "7"}
    assert failed == {"outcome": "failed", "why": "the desk is closed"}


class _Only:
    """One thing that carries every action out."""

    def __init__(self, perform: Perform) -> None:
        self._perform = perform

    def __call__(self, action: Action) -> Perform:
        return self._perform

    async def close(self) -> None:
        """Nothing is held."""


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lost=st.integers(0, 4), attempts=st.integers(1, 3), killed=st.lists(st.booleans(), max_size=3)
)
def test_whatever_is_lost_retried_or_killed_it_is_done_once(
    lost: int, attempts: int, killed: list[bool]
) -> None:
    """A gateway that is killed on the way decides the turn anew, with the same key."""

    async def go() -> None:
        business = Business(fails=lost)
        async with TestServer(business.made()) as server:
            action = book(str(server.make_url("/do")), attempts=attempts)
            for kill in (*killed, False, False):
                actions = Actions(Runners(webhooks()), Waits().patience())
                doing = asyncio.create_task(actions.run(action, CALL))
                if kill:
                    business.arrived.clear()
                    there = asyncio.create_task(business.arrived.wait())
                    await asyncio.wait([doing, there], return_when=asyncio.FIRST_COMPLETED)
                    doing.cancel()
                    there.cancel()
                    await asyncio.wait([doing, there])
                else:
                    await doing
                await actions.close()
        assert list(business.done) == [CALL.key]

    asyncio.run(go())


def test_the_same_request_is_the_same_bytes() -> None:
    turned = replace(CALL, values=dict(reversed([("a", "1"), ("b", "2")])))
    assert body_of(turned) == body_of(replace(CALL, values={"a": "1", "b": "2"}))


def test_an_action_without_its_secret_stops_the_start_and_is_not_taken_over() -> None:
    playbook = replace(SHOP, actions={"book": book("https://erp.example/do")})
    bare = Settings()
    with pytest.raises(ConfigError, match="the playbook's action book asks a web address"):
        check_secrets(bare, playbook)
    with pytest.raises(PlaybookError, match=r"actions.toml: book.url: asks a web address"):
        require_secrets(bare, playbook)
    for actions in ({"secrets": {"book": SECRET.decode()}}, {"secret": SECRET.decode()}):
        known = Settings.model_validate({"actions": actions})
        check_secrets(known, playbook)
        require_secrets(known, playbook)


def test_a_secret_that_could_be_guessed_is_refused() -> None:
    for actions in ({"secrets": {"book": "short"}}, {"secret": "short"}):
        with pytest.raises(ValueError, match="could be guessed"):
            Settings.model_validate({"actions": actions})


@pytest.mark.parametrize(
    ("reason", "why"),
    [("not_pending", {"why": "not_pending"}), ("Dear Mo, no.", {}), (7, {}), (None, {})],
)
async def test_only_the_name_of_a_reason_is_taken_over(
    reason: object, why: Mapping[str, str]
) -> None:
    async def refuse(_: Call) -> Mapping[str, object]:
        raise RefusedAction({"number": "V-9"}, reason)

    found = await Actions(_Only(refuse), Waits().patience()).run(book("https://x.example"), CALL)
    assert found == {"outcome": "refused", "number": "V-9", **why}


async def test_below_its_level_nothing_is_carried_out_whatever_a_stage_asked_for(
    business: Business,
) -> None:
    action = book(f"{business.url}/do", needs=Assurance.LOGGED_IN)
    playbook = replace(SHOP, actions={"book": action})
    turn = Talk(playbook).turn("yes")
    # Of where it is asked for, only who asks counts.
    thread: Any = None
    asked = Asked(turn, 1, thread, (), playbook, turn.now)
    actions = Actions(Runners(webhooks()), Waits().patience())
    found = await actions.perform(Act("book", "k", {}, {}), asked)
    assert found is not None
    assert found["outcome"] == "failed"
    assert business.asked == []
