"""An address that turns out to be whose it was: whoever was not answered because of it, is."""

from __future__ import annotations

from sqlalchemy import select, update

from core.message import DeliveryStatus
from memory.tables.main import Audit, Delivery
from memory.tables.rows import table
from memory.units.identity.retiring import retire
from memory.units.identity.undoing import undo
from tests.identity.campaign import opened
from tests.identity.stage import Stage

PHONE = "phone:+15550100001"
_delivery = table(Delivery)


def undone(stage: Stage) -> list[str]:
    """The states of all parts, after the address began anew and that was undone."""
    retire(stage.connection, PHONE, "a list said so", "person:eve", stage.micros, stage.id)
    audit = table(Audit)
    newest = select(audit.c.id).where(audit.c.action == "retire")
    change = stage.connection.execute(newest.order_by(audit.c.id.desc())).scalars().first()
    assert change is not None
    undo(stage.connection, change, "person:eve", stage.micros, stage.id)
    stage.catch_up()
    query = select(_delivery.c.status).order_by(_delivery.c.id)
    return list(stage.connection.execute(query).scalars())


def test_what_was_not_sent_is_answered_when_the_address_is_theirs_after_all(
    database_url: str,
) -> None:
    with opened(database_url) as engine, engine.connect() as connection:
        stage = Stage(connection)
        stage.says(PHONE, 2)
        stage.says(PHONE, 2, leaves=False)
        assert undone(stage) == ["sent", "discarded", "sent"]
        assert stage.unanswered() == 0
        connection.rollback()


def test_what_may_have_left_is_not_answered_twice(database_url: str) -> None:
    with opened(database_url) as engine, engine.connect() as connection:
        stage = Stage(connection)
        stage.says(PHONE, 2, leaves=False)
        connection.execute(update(_delivery).values(status=DeliveryStatus.SENDING.value))
        assert undone(stage) == ["discarded"]
        connection.rollback()
