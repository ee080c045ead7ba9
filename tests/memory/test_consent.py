"""An answer committed after the customer said STOP never leaves."""

from __future__ import annotations

from sqlalchemy import Connection, select

from core.message import ConsentChange
from memory.tables.main import Delivery
from memory.tables.rows import table
from memory.units.messages.admission import admit
from memory.units.messages.consent import OPTED_OUT, is_recipient_gone, opted_out_among
from memory.units.messages.turns import commit
from tests.memory.hot import admission, admitted, claimed, ids, inbound, opened, reply

STAYS, LEAVES = "+15550001111", "+15550002222"
_delivery = table(Delivery)


def fates(connection: Connection) -> list[tuple[str, str | None]]:
    query = select(_delivery.c.status, _delivery.c.reason).order_by(_delivery.c.id)
    return [(row[0], row[1]) for row in connection.execute(query)]


async def test_a_stop_that_comes_after_the_claim_discards_that_answer_alone(
    database_url: str,
) -> None:
    async with opened(database_url) as store:
        new_id = ids()
        got = []
        for number, phone in enumerate((STAYS, LEAVES)):
            message = await admitted(store, new_id, f"e{number}", phone)
            got.append(await claimed(store, message.customer_id))
        stop = inbound("stop", LEAVES, "STOP", ConsentChange.OPT_OUT)
        await store.write(admit, admission(stop, new_id))
        stays, leaves = [await store.write(commit, reply(one, new_id)) for one in got]
        assert (stays.withheld, leaves.withheld) == (False, True)
        assert await store.read(fates) == [("sending", None), ("discarded", OPTED_OUT)]


async def test_who_opted_out_is_known_by_their_handle_and_by_what_is_on_its_way(
    database_url: str,
) -> None:
    async with opened(database_url) as store:
        new_id = ids()
        message = await admitted(store, new_id, "e1")
        got = await claimed(store, message.customer_id)
        change = reply(got, new_id)
        await store.write(commit, change)
        part = int(str(change.deliveries[0]["id"]))
        assert not await store.read(is_recipient_gone, part)
        stop = inbound("stop", text="STOP", consent=ConsentChange.OPT_OUT)
        await store.write(admit, admission(stop, new_id))
        assert await store.read(is_recipient_gone, part)
        handle = message.handle_id
        assert await store.read(opted_out_among, [handle, 1]) == frozenset({handle})
