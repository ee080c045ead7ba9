"""The endpoint that erases a customer. It reads nothing of them.

A caller repeats the customer's id, so that none is erased by a slip. The work is
`gateway.customers.erasing`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Connection

from gateway.access.gate import Problem
from gateway.access.roles import Right
from gateway.api.calls import Call, Endpoint
from gateway.api.identity_calls import now_of, tell, tried
from gateway.api.models import Body, RowId
from gateway.customers.erasing import Receipt, erase_whole
from memory.compacting import settle


class EraseBody(Body):
    """The customer's id once more: what is erased does not come back."""

    confirm: RowId


async def erase_customer(call: Call) -> Receipt:
    services, customer_id = call.services, call.id("id")
    if call.body_as(EraseBody).confirm != call.path["id"]:
        raise Problem(
            422,
            "The confirmation names another customer.",
            where="body: confirm",
            fix="Repeat the customer's id.",
        )
    receipt = await erase_whole(
        _Desk(call),
        services.files.drop,
        partial(settle, services.store.url.render_as_string(hide_password=False)),
        customer_id,
        call.actor,
        lambda: now_of(call),
        services.new_id,
    )
    services.forget(receipt.customer_id)
    tell(call, receipt.customer_id, {"state": "erased"})
    return receipt


class _Desk:
    """Each transaction waits its turn in the store."""

    def __init__(self, call: Call) -> None:
        self._store = call.services.store

    async def write(self, work: Callable[[Connection], Any]) -> Any:
        return await tried(self._store.run(work), "path: id")

    async def read(self, work: Callable[[Connection], Any]) -> Any:
        return await self._store.read(work)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "DELETE",
        "/customers/{id}",
        "Erase a customer: every row of theirs, and what was made of it elsewhere.",
        Receipt,
        erase_customer,
        Right.LINK,
        body=EraseBody,
        errors={409: "There is no such customer."},
    ),
)
