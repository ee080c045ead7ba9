"""What the demo's page can do besides writing: say that two are one, part them, see who waits.

Done with the real units, in the name of the demo's owner.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from core.clock import to_micros
from core.message import Assurance
from gateway.access.gate import Problem
from gateway.demo.people import ADA, OWNER
from gateway.events import Event
from gateway.running import Gateway
from memory.pages import lists as pages
from memory.pages.views import CustomerRow, HandleBrief
from memory.units.identity import linking as identity
from memory.units.identity.linking import IdentityProblem
from memory.units.people.actors import actor_name

ACTOR = actor_name(OWNER)


@dataclass(frozen=True, slots=True)
class Standing:
    """From which places Ada has written (`known`), and which of them are one customer with the
    first of them (`joined`; none while she is nobody but strangers)."""

    known: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()


class Counter:
    """The shop's counter, where somebody can say that it is Ada."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def standing(self) -> Standing:
        """Who Ada is to the shop now."""
        found = await self._customers()
        if not found:
            return Standing()
        groups: dict[int, list[str]] = {}
        for place, customer in found.items():
            groups.setdefault(customer.id, []).append(place)
        largest = max(groups.values(), key=len)
        joined = tuple(largest) if len(largest) > 1 else ()
        return Standing(tuple(found), joined)

    async def link(self) -> None:
        """Join all that Ada has written from. Raises `Problem` before there are two."""
        found = await self._customers()
        if len(found) < 2:
            raise Problem(409, "Ada has to write on two channels first.", fix="Take steps 1 and 2.")
        anchor = found.get("phone") or next(iter(found.values()))
        for place, customer in found.items():
            if customer.id != anchor.id:
                await self._change("linked", self._linking(ADA.keys[place], anchor.id))

    async def unlink(self) -> None:
        """Part again what was joined by hand. Raises `Problem` when nothing was."""
        customers = {customer.id for customer in (await self._customers()).values()}
        ended = 0
        for customer_id in customers:
            page = await self._gateway.store.read(pages.customer_page, customer_id)
            links = [link for one in page.handles for link in one.links] if page else []
            for link in links:
                if link.can_end and link.rule == identity.BY_HAND:
                    await self._change("unlinked", self._unlinking(link.id))
                    ended += 1
        if not ended:
            raise Problem(409, "Nothing was linked by hand.", fix="Take step 3.")

    async def waiting(self) -> int:
        """How many cases are with people."""
        now = to_micros(self._gateway.now())
        return len(await self._gateway.store.read(pages.queue, now))

    async def _customers(self) -> Mapping[str, CustomerRow]:
        """The customer of each place that Ada has written from."""
        found: dict[str, CustomerRow] = {}
        for place, key in ADA.keys.items():
            rows = await self._gateway.store.read(pages.customers, key, 10)
            customer = next((row for row in rows if _has(row.handles, key)), None)
            if customer is not None:
                found[place] = customer
        return found

    def _linking(self, key: str, customer_id: int) -> Callable[[int], Awaitable[identity.Changed]]:
        gateway = self._gateway
        return lambda now: gateway.store.run(
            identity.link,
            key,
            customer_id,
            Assurance.AUTHENTICATED,
            identity.BY_HAND,
            "Ada confirmed it at the counter",
            ACTOR,
            now,
            (gateway.new_id(), gateway.new_id()),
        )

    def _unlinking(self, link_id: int) -> Callable[[int], Awaitable[identity.Changed]]:
        gateway = self._gateway
        return lambda now: gateway.store.run(
            identity.unlink_by_id, link_id, ACTOR, "Unlinked in the demo", now, gateway.new_id()
        )

    async def _change(
        self, state: str, change: Callable[[int], Awaitable[identity.Changed]]
    ) -> None:
        gateway = self._gateway
        try:
            changed = await change(to_micros(gateway.now()))
        except IdentityProblem as problem:
            raise Problem(409, f"{problem}.") from None
        data = {"state": state, "handle": changed.handle_key}
        gateway.bus.publish(Event("identity", gateway.now(), changed.customer_id, None, data))


def _has(handles: tuple[HandleBrief, ...], key: str) -> bool:
    return key in [one.key for one in handles]
