"""More than fits: what has no room is told to come again, and what was taken is never lost."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Connection, select

from adapters.sms.signature import sign
from adapters.sms.simulator import DEMO_ACCOUNT, DEMO_TOKEN, Fault, Line, TwilioSimulator
from gateway.channels.deliveries import Backoff
from memory.store import Overloaded, Store
from memory.tables.main import Message
from memory.tables.rows import table
from memory.units.messages.deliveries import mark_sent
from tests.gateway import test_kill, way
from tests.gateway.credentials import bearer
from tests.gateway.test_way import parts, settled
from tests.gateway.way import OURS, Way, running


@dataclass(frozen=True, slots=True)
class Text:
    """One text message on its way to the gateway."""

    phone: str
    body: str
    sid: str

    @classmethod
    def numbered(cls, number: int) -> Text:
        """A text of a phone of its own."""
        return cls(f"+1555000{number:04}", f"text {number}.", f"SM{number:032x}")


async def bring(running_way: Way, web: aiohttp.ClientSession, text: Text) -> tuple[int, str | None]:
    """Deliver a text as the provider does; the status, and when to come again."""
    url = f"{running_way.base_url}/channels/sms/inbound"
    form = running_way.sms._inbound_form(text.sid, text.phone, text.body)
    signature = sign(running_way.sms.line.auth_token.encode(), url, list(form.items()))
    headers = {"X-Twilio-Signature": signature}
    async with web.post(url, data=form, headers=headers) as answer:
        return answer.status, answer.headers.get("Retry-After")


async def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - nothing tells when it comes about
            await asyncio.sleep(0.02)


@asynccontextmanager
async def held(store: Store) -> AsyncIterator[None]:
    """The writing connection is busy for as long as this lasts."""
    release, taken = threading.Event(), threading.Event()

    def hold(_connection: Connection) -> None:
        taken.set()
        release.wait(30)

    busy = store.run(hold)
    await asyncio.to_thread(taken.wait)
    try:
        yield
    finally:
        release.set()
        await busy


def stored(connection: Connection) -> Sequence[str]:
    """What customers wrote, as far as it was taken."""
    message = table(Message)
    query = select(message.c.text).where(message.c.author == "customer")
    return [row[0] for row in connection.execute(query)]


def number_of(accepted: Mapping[str, Sequence[str]]) -> int:
    """How many texts were taken."""
    return sum(map(len, accepted.values()))


@pytest.mark.parametrize(("requests", "writes"), [(8, 1_000), (1_000, 12)], ids=["door", "store"])
async def test_beyond_the_bound_each_is_refused_and_nothing_taken_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, requests: int, writes: int
) -> None:
    plain = way.settings_for

    def small(*given: Any) -> Any:
        settings = plain(*given)
        return settings.model_copy(
            update={
                "server": settings.server.model_copy(update={"queue_limit": requests}),
                "storage": settings.storage.model_copy(update={"queue_limit": writes}),
            }
        )

    monkeypatch.setattr(way, "settings_for", small)
    texts = [Text.numbered(number) for number in range(40)]
    bound = min(requests, writes)
    async with running(tmp_path) as here, aiohttp.ClientSession() as web:
        async with held(here.gateway.store):
            tasks = {text: asyncio.create_task(bring(here, web, text)) for text in texts}
            await until(lambda: sum(one.done() for one in tasks.values()) >= len(texts) - bound)
            early = [one.result() for one in tasks.values() if one.done()]
            assert {status for status, _ in early} == {503}
            assert all(after is not None and int(after) > 0 for _, after in early)
        answers = {text: await task for text, task in tasks.items()}
        taken = {text for text, (status, _) in answers.items() if status == 200}
        assert 0 < len(taken) <= bound
        assert sorted(await here.gateway.store.read(stored)) == sorted(one.body for one in taken)
        for text in texts:
            if text not in taken:
                await comes_again(here, web, text)
        await settled(here)
        for text in texts:
            assert len(here.sms.texts_to(text.phone)) == 1, text
        assert len(await here.gateway.store.read(stored)) == len(texts)


async def comes_again(here: Way, web: aiohttp.ClientSession, text: Text) -> None:
    """The provider tries until the text is taken."""
    for _ in range(50):
        status, _ = await bring(here, web, text)
        if status == 200:
            return
        assert status == 503
        await asyncio.sleep(0.05)
    raise AssertionError(f"never taken: {text}")


async def test_the_api_asks_to_come_again_too(tmp_path: Path) -> None:
    async with running(tmp_path) as here:
        await here.sms.text("+15550001111", "hello")
        await settled(here)
        headers = await bearer(here.gateway)
        here.gateway.store._queue_limit = 0
        body = {"handle": "login:ada", "customer_id": "1", "evidence": "she called"}
        async with (
            aiohttp.ClientSession(here.base_url, headers=headers) as web,
            web.post("/api/v1/identities/link", json=body) as answer,
        ):
            assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        # Looking is not writing, and health is for whoever has to mend it.
        async with aiohttp.ClientSession(here.base_url, headers=headers) as web:
            for path in ("/api/v1/customers", "/health"):
                async with web.get(path) as answer:
                    assert answer.status == 200


async def test_a_chat_message_without_room_is_sent_again_by_the_page(tmp_path: Path) -> None:
    async with running(tmp_path) as here:
        ada = await here.chat("ada")
        limit = here.gateway.store._queue_limit
        here.gateway.store._queue_limit = 0
        saying = asyncio.create_task(ada.say("hello"))
        await until(lambda: any(one.frame.get("status") == 503 for one in ada.wire))
        assert await here.gateway.store.read(stored) == []
        here.gateway.store._queue_limit = limit
        said = ada.stored_as(await saying)
        assert said is not None
        await ada.wait_for_reply(said)
        assert await here.gateway.store.read(stored) == ["hello"]


async def test_a_part_that_was_sent_is_noted_as_soon_as_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path) as here:
        refusals = 0
        write = here.gateway.store.write

        def busy(unit: Any, arg: Any) -> Any:
            nonlocal refusals
            if unit is mark_sent and refusals < 3:
                refusals += 1
                raise Overloaded("10000 writes are waiting")
            return write(unit, arg)

        monkeypatch.setattr(here.gateway.store, "write", busy)
        await here.sms.text("+15550001111", "hello")
        await settled(here)
        assert refusals == 3
        assert len(here.sms.texts_to("+15550001111")) == 1
        [(status, attempts, _)] = await here.gateway.store.read(parts)
        assert status in ("sent", "delivered")
        assert (attempts, here.gateway.deliveries.reconciled) == (1, 0)


async def test_stopped_under_load_everything_taken_is_answered_once_after_the_next_start(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.sms.adapter._SETTLE", timedelta(0))
    sim = TwilioSimulator(Line(DEMO_ACCOUNT, DEMO_TOKEN, OURS), "", webhook_retries=0)
    await sim.start()
    phones = [f"+1555000{number:04}" for number in range(12)]
    try:
        async with running(
            tmp_path, url=database_url, sms=sim, options={"timeout_seconds": 1.0}
        ) as here:
            sim.faults += [Fault("hang", seconds=3.0), Fault("throttle"), Fault("fail")]

            async def write(phone: str) -> None:
                for number in range(5):
                    await sim.text(phone, f"text {number} of {phone[-4:]}.")

            await asyncio.gather(*(write(phone) for phone in phones))
        async with running(tmp_path, url=database_url, sms=sim) as here:
            await until(lambda: sum(map(len, map(sim.texts_to, phones))) >= 5 * len(phones), 30)
            await settled(here, 20)
        for phone in phones:
            said = [one.text for one in sim.texts_to(phone)]
            assert [f"text {number} of" in text for number, text in enumerate(said)] == [True] * 5
    finally:
        await sim.stop()


async def test_what_waits_behind_a_failed_part_keeps_its_place_over_a_stop(
    tmp_path: Path, database_url: str
) -> None:
    phone = "+15550001111"
    sim = TwilioSimulator(Line(DEMO_ACCOUNT, DEMO_TOKEN, OURS), "", webhook_retries=0)
    await sim.start()
    try:
        async with running(tmp_path, url=database_url, sms=sim) as here:
            here.gateway.deliveries._backoff = Backoff(5, 1_000, 1_000)
            sim.faults.append(Fault("throttle"))
            for number in range(3):
                await sim.text(phone, f"text {number}.")
            await until(lambda: here.gateway.turns.idle and not sim.faults)
        assert sim.texts_to(phone) == []
        async with running(tmp_path, url=database_url, sms=sim) as here:
            await until(lambda: len(sim.texts_to(phone)) == 3)
            await settled(here)
            said = [one.text for one in sim.texts_to(phone)]
            assert [f"text {number}." in text for number, text in enumerate(said)] == [True] * 3
            # None was in doubt: those behind were never tried, and the first was refused.
            assert (here.gateway.deliveries.lost, here.gateway.deliveries.reconciled) == (0, 0)
    finally:
        await sim.stop()


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_a_served_gateway_told_to_stop_under_load_ends_well_and_loses_nothing(
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    sim = TwilioSimulator(
        Line(DEMO_ACCOUNT, test_kill.TOKEN, OURS),
        f"http://127.0.0.1:{port}/channels/sms",
        callbacks=0,
        webhook_retries=0,
    )
    await sim.start()
    env, log = test_kill.environment(tmp_path, port, sim.base_url), tmp_path / "gateway.log"
    process = await test_kill.serve(env, port, log)
    accepted: dict[str, list[str]] = defaultdict(list)
    phones = test_kill.PHONES
    try:
        writers = [asyncio.create_task(test_kill.write(sim, one, accepted)) for one in phones]
        for _ in range(2):
            # All of them may have been taken while this process waited for the new one.
            enough = min(number_of(accepted) + 40, len(phones) * test_kill.EACH)
            await until(lambda enough=enough: number_of(accepted) >= enough)  # type: ignore[misc]
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 20) == 0, log.read_text()
            process = await test_kill.serve(env, port, log)
        await asyncio.gather(*writers)
        wanted = number_of(accepted)
        await until(
            lambda: (
                sum(map(len, map(sim.texts_to, phones))) >= wanted and not test_kill._open(tmp_path)
            ),
            40,
        )
    finally:
        process.terminate()
        await process.wait()
        await sim.stop()
    for phone in phones:
        said = Counter(one.text for one in sim.texts_to(phone))
        assert set(said.values()) == {1}
        assert len(said) == len(accepted[phone])
    assert "lane_failed" not in log.read_text()
