"""The endpoint that erases a customer, call by call of the unit, and then the files nobody names.

A caller repeats the customer's id, so that none is erased by a slip. It reads nothing of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from gateway.api_calls import Call, Endpoint
from gateway.api_models import Body, RowId
from gateway.gate import Problem
from gateway.identity_calls import now_of, tell, tried
from gateway.roles import Right
from memory.named_files import named_by_nobody
from memory.units.erasing import erase


class EraseBody(Body):
    """The customer's id once more: what is erased does not come back."""

    confirm: RowId


@dataclass(frozen=True, slots=True)
class Receipt:
    """What went: rows by table, and files that nothing else names."""

    customer_id: int
    rows: dict[str, int]
    files: int


async def erase_customer(call: Call) -> Receipt:
    services, customer_id = call.services, call.id("id")
    if call.body_as(EraseBody).confirm != call.path["id"]:
        raise Problem(
            422,
            "The confirmation names another customer.",
            where="body: confirm",
            fix="Repeat the customer's id.",
        )
    rows: Counter[str] = Counter()
    files: set[str] = set()
    who = customer_id
    while True:
        work = services.store.run(erase, who, call.actor, now_of(call), services.new_id)
        done = await tried(work, "path: id")
        rows.update(done.counts)
        files.update(done.files)
        who = done.customer_id
        if done.done:
            break
    unnamed = await services.store.read(named_by_nobody, sorted(files))
    for reference in unnamed:
        await services.files.drop(reference)
    tell(call, who, {"state": "erased"})
    return Receipt(who, dict(sorted(rows.items())), len(unnamed))


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
