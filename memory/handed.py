"""Whether people have a customer's matter now: asked on its own where nothing else can be read."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from memory.tables.main import Case, Handle
from memory.tables.rows import table

_case = table(Case)
_handle = table(Handle)
_handed = (
    select(_case.c.id)
    .join(_handle, _handle.c.id == _case.c.handle_id)
    .where(_handle.c.customer_id == bindparam("customer"), _case.c.status == "handed")
    .limit(1)
)


def people_have(connection: Connection, customer_id: int) -> bool:
    """Whether a case of this customer's is with people, whoever of their handles opened it."""
    return connection.execute(_handed, {"customer": customer_id}).first() is not None
