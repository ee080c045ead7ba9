"""The endpoint that gives out everything that is held of one customer, as a file.

Who took it out stands in the log of changes. What is in it is `memory.exports.customer`'s to say.
"""

from __future__ import annotations

from gateway.access.roles import Right
from gateway.api.calls import Call, Endpoint
from gateway.api.files import FileAnswer
from gateway.api.identity_calls import found_or_404, now_of
from gateway.customers.customer_exporting import Source, export_zip
from memory.exports.customer import EXPORT, find_own
from memory.units.audit import record


async def export_customer(call: Call) -> FileAnswer:
    services = call.services
    personal = Right.REVEAL in call.caller.rights
    own = found_or_404(
        await services.store.read(find_own, call.id("id"), personal=personal), "customer"
    )
    # Before it is given out: what broke off was seen, too.
    await services.store.run(
        record,
        services.new_id(),
        now_of(call),
        call.actor,
        EXPORT,
        f"customer:{own.root}",
        {"personal": personal},
    )
    source = Source(services.store.read, services.files.read)
    name = f"customer-{own.root}.zip"
    return FileAnswer(export_zip(source, own, services.now()), "application/zip", name)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/customers/{id}/export",
        "Everything that is held of a customer, as a ZIP file for people and programs.",
        FileAnswer,
        export_customer,
        Right.LINK,
    ),
)
