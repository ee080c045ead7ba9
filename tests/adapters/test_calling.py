"""What a channel's call of its provider comes to, with a provider on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from adapters import calling
from adapters.calling import Caller, Meaning, Told
from core.channel import SendError


@asynccontextmanager
async def provider(answer: web.Response) -> AsyncIterator[str]:
    """The address of one that always answers so."""

    async def handle(_: web.BaseRequest) -> web.Response:
        return answer

    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def called(
    answer: web.Response, meaning: Meaning = lambda _: None, *, moved: bool = False
) -> Told:
    caller = Caller(5.0, meaning)
    async with provider(answer) as url:
        try:
            return await caller.call("GET", url, moved=moved)
        finally:
            await caller.close()


async def failing(answer: web.Response, meaning: Meaning = lambda _: None) -> SendError:
    with pytest.raises(SendError) as told:
        await called(answer, meaning)
    return told.value


async def test_an_answer_is_given_as_it_came() -> None:
    told = await called(web.json_response({"id": 7}, status=201))
    assert (told.status, told.json) == (201, {"id": 7})


async def test_where_an_answer_leads_is_told_to_whoever_asks_and_never_followed() -> None:
    elsewhere = {"Location": "http://127.0.0.1:1/"}
    told = await called(web.Response(status=307, headers=elsewhere), moved=True)
    assert (told.status, told.headers["location"]) == (307, "http://127.0.0.1:1/")
    assert (await failing(web.Response(status=307, headers=elsewhere))).ambiguous


@pytest.mark.parametrize("text", ["", "[1]", "<html>"])
async def test_what_is_no_object_has_no_fields(text: str) -> None:
    assert (await called(web.Response(text=text))).json == {}


@pytest.mark.parametrize(
    ("after", "seconds"), [("7", 7.0), ("9" * 30, 86_400.0), ("-1", None), ("soon", None)]
)
async def test_a_wait_is_handed_on_within_reason(after: str, seconds: float | None) -> None:
    told = await failing(web.Response(status=429, headers={"Retry-After": after}))
    assert (told.retryable, told.ambiguous, told.retry_after) == (True, False, seconds)


async def test_what_an_error_means_to_the_channel_goes_before_what_its_status_means() -> None:
    def meaning(told: Told) -> SendError | None:
        return SendError("gone", dead=True) if told.json.get("code") == 5 else None

    known = await failing(web.json_response({"code": 5}, status=500), meaning)
    other = await failing(web.json_response({"code": 6}, status=500), meaning)
    assert (known.dead, known.ambiguous, other.dead, other.ambiguous) == (True, False, False, True)


async def test_a_longer_answer_than_any_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "MOST_BYTES", 10)
    assert (await failing(web.Response(body=b"x" * 11))).ambiguous


async def test_what_was_never_used_can_be_closed() -> None:
    await Caller(1.0).close()
