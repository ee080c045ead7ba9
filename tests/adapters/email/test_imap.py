"""Reading a mailbox: in what order and size, what is remembered, what is left alone."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from adapters.email.adapter import EmailAdapter
from adapters.email.receiving.imap_batches import MAILS
from adapters.email.simulator.service import Fault
from core.channel import Received
from tests.adapters.email.mailbox import (
    ANNA,
    Kept,
    Taken,
    box,
    config_of,
    context_of,
    service,
    until_health,
)

BROKEN = b"Subject: from nobody\r\n\r\nhello\r\n"


async def test_a_thousand_waiting_mails_come_in_batches_one_after_the_other() -> None:
    async with service() as simulator:
        for number in range(1000):
            await simulator.write(ANNA, f"Mail {number}", message_id=f"<{number}@example.org>")
        sizes: list[int] = []
        running = 0
        done = asyncio.Event()

        async def sink(received: Received) -> None:
            nonlocal running
            running += 1
            assert running == 1, "a batch was handed over before the one before was taken"
            sizes.append(len(received.messages))
            await asyncio.sleep(0)
            running -= 1
            if sum(sizes) == 1000:
                done.set()

        adapter = EmailAdapter(config_of(simulator), context_of())
        await adapter.start(sink)
        try:
            await asyncio.wait_for(done.wait(), 50)
        finally:
            await adapter.close()
        assert max(sizes) <= MAILS


async def test_a_restart_goes_on_behind_the_last_mail_that_was_taken() -> None:
    async with service() as simulator:
        kept = Kept()
        async with box(simulator=simulator, kept=kept) as mail:
            await simulator.write(ANNA, "before")
            await mail.taken.until(lambda taken: taken.messages)
        await simulator.write(ANNA, "while nobody read")
        async with box(simulator=simulator, kept=kept) as mail:
            await simulator.write(ANNA, "after")
            await mail.taken.until(lambda taken: "after" in taken.texts)
            assert mail.taken.texts == ["while nobody read", "after"]


async def test_the_cursor_stays_where_it_was_when_a_mail_was_not_taken() -> None:
    async with service() as simulator:
        kept = Kept()
        async with box(simulator=simulator, kept=kept) as mail:
            await simulator.write(ANNA, "first")
            await mail.taken.until(lambda taken: taken.messages)
        before = dict(kept.values)
        taken = Taken(broken=RuntimeError("the database is away"))
        async with box(simulator=simulator, kept=kept, taken=taken) as mail:
            await simulator.write(ANNA, "second")
            await trouble(mail.adapter, "RuntimeError")
        assert kept.values == before


async def test_a_mailbox_seen_for_the_first_time_gives_only_what_nobody_has_read() -> None:
    async with service() as simulator:
        await simulator.write(ANNA, "a person read this")
        await simulator.write(ANNA, "nobody read this")
        await simulator.write(ANNA, "this is old")
        simulator.mailbox.mails[0].flags.add("\\Seen")
        simulator.mailbox.mails[2].at -= timedelta(days=30)
        async with box(simulator=simulator, sweep_seconds=0.1) as mail:
            await simulator.write(ANNA, "this is new")
            await mail.taken.until(lambda taken: "this is new" in taken.texts)
            assert mail.taken.texts == ["nobody read this", "this is new"]


async def test_a_mail_that_shows_up_below_the_cursor_is_found_by_the_sweep() -> None:
    async with box(sweep_seconds=0.1) as mail:
        store = mail.simulator.mailbox
        await mail.simulator.write(ANNA, "first")
        await mail.taken.until(lambda taken: len(taken.messages) >= 1)
        late = store.mails[0]
        await mail.simulator.write(ANNA, "hidden for a while")
        hidden = store.mails.pop()
        await mail.simulator.write(ANNA, "third")
        await mail.taken.until(lambda taken: "third" in taken.texts)
        store.mails[:] = [late, hidden, store.mails[-1]]
        await mail.taken.until(lambda taken: "hidden for a while" in taken.texts)


async def test_a_mail_that_is_being_deleted_is_left_alone() -> None:
    async with service() as simulator:
        await simulator.write(ANNA, "never mind")
        simulator.mailbox.mails[0].flags.add("\\Deleted")
        async with box(simulator=simulator) as mail:
            await simulator.write(ANNA, "this one counts")
            await mail.taken.until(lambda taken: taken.messages)
            assert mail.taken.texts == ["this one counts"]


async def test_reading_marks_nothing_unless_asked() -> None:
    for asked in (False, True):
        async with box(mark_seen=asked) as mail:
            await mail.simulator.write(ANNA, "hello there")
            await mail.taken.until(lambda taken: taken.messages)
            await mail.adapter.stop()
            [stored] = mail.simulator.mailbox.mails
            assert stored.flags == ({"\\Seen"} if asked else set())


async def test_a_broken_mail_is_parked_and_the_next_one_comes_in() -> None:
    async with box() as mail:
        await mail.simulator.deliver(BROKEN, sender="somebody@example.org")
        await mail.simulator.write(ANNA, "and this one is fine")
        await mail.taken.until(lambda taken: taken.messages)
        [parked] = [one for batch in mail.taken.batches for one in batch.parked]
        assert BROKEN in parked.content
        assert parked.reason


async def test_a_mail_that_is_too_large_is_parked_with_its_headers_alone() -> None:
    async with box(max_mail_bytes=20_000) as mail:
        await mail.simulator.write(ANNA, "x" * 50_000, subject="Very large")
        await mail.simulator.write(ANNA, "small")
        await mail.taken.until(lambda taken: taken.messages)
        [parked] = [one for batch in mail.taken.batches for one in batch.parked]
        assert b"Subject: Very large" in parked.content
        assert len(parked.content) < 2000
        assert "max_mail_bytes" in parked.reason


async def test_a_mail_the_server_does_not_give_out_is_set_aside_and_the_next_comes_in() -> None:
    async with box() as mail:
        mail.simulator.mailbox.withheld.add(2)
        for number in range(1, 4):
            await mail.simulator.write(ANNA, f"mail {number}")
        await mail.taken.until(lambda taken: "mail 3" in taken.texts)
        assert mail.taken.texts == ["mail 1", "mail 3"]
        [parked] = [one for batch in mail.taken.batches for one in batch.parked]
        assert "UID 2" in parked.reason


async def test_a_refused_login_is_told_with_its_remedy_and_without_the_user() -> None:
    async with service() as simulator:
        simulator.imap.denied = True
        async with box(simulator=simulator) as mail:
            detail = await trouble(mail.adapter, "login")
            assert "imap_password" in detail
            assert simulator.address not in detail


async def test_a_mailbox_that_is_not_there_is_told_with_its_remedy() -> None:
    async with box(mailbox="Suport") as mail:
        assert "correct `mailbox`" in await trouble(mail.adapter, "no mailbox")


async def test_a_server_that_is_not_there_is_told() -> None:
    async with service() as simulator:
        await simulator.imap.stop()
        async with box(simulator=simulator) as mail:
            await trouble(mail.adapter, "connection to the IMAP server failed")


async def test_health_is_good_again_when_the_server_is() -> None:
    async with service() as simulator:
        simulator.imap.denied = True
        async with box(simulator=simulator) as mail:
            await trouble(mail.adapter, "login")
        simulator.imap.denied = False
        async with box(simulator=simulator) as mail:
            await until_health(mail.adapter, lambda health: health.ok)


async def test_stopping_does_not_wait_for_a_server_that_hangs() -> None:
    async with box() as mail:
        await mail.simulator.write(ANNA, "hello there")
        await mail.taken.until(lambda taken: taken.messages)
        mail.simulator.imap.answering.clear()
        await mail.simulator.write(ANNA, "nobody will see this")
        async with asyncio.timeout(8):
            await mail.adapter.stop()
        handed_over = len(mail.taken.batches)
        mail.simulator.imap.answering.set()
        assert len(mail.taken.batches) == handed_over


async def trouble(adapter: EmailAdapter, words: str) -> str:
    """What health says once it says this."""
    health = await until_health(adapter, lambda health: words in health.detail)
    assert not health.ok
    return health.detail


async def test_the_sweep_of_the_next_connection_fetches_only_what_was_not_taken() -> None:
    async with box(sweep_seconds=0.1) as mail:
        store = mail.simulator.mailbox
        await mail.simulator.write(ANNA, "mail 0")
        await mail.taken.until(lambda taken: len(taken.messages) == 1)
        await mail.simulator.write(ANNA, "hidden")
        hidden = store.mails.pop()
        await mail.simulator.write(ANNA, "mail 1")
        await mail.taken.until(lambda taken: len(taken.messages) == 2)
        logins = mail.simulator.imap.logins
        mail.simulator.faults.append(Fault("disconnect"))
        await mail.simulator.write(ANNA, "mail 2")
        await mail.taken.until(lambda taken: len(taken.messages) == 3)
        store.mails.insert(1, hidden)
        await mail.taken.until(lambda taken: len(taken.messages) == 4)
        assert mail.simulator.imap.logins > logins
        assert sum(len(batch.messages) for batch in mail.taken.batches) == 4
