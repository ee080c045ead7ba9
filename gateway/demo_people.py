"""Who plays in the demo, and how the page reaches them: Ada, her phone and login, and the shop.

The people and numbers are made up; the numbers are from ranges that are never given out. What the
page asks for is done with the real units, as an admin of the demo.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from adapters.sms.simulator import TwilioSimulator
from core.clock import to_micros
from core.message import Assurance
from gateway.app import Gateway
from gateway.demo_web import Text, World
from gateway.events import Event
from gateway.gate import Problem
from memory import pages
from memory.units import identity
from memory.units.identity import IdentityProblem
from memory.views import CustomerRow

SMS, CHAT = "sms", "webchat"
ACTOR = "demo admin"


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop as customers see it."""

    name: str = "Lamp & Loom"
    number: str = "+447700900000"
    address: str = "https://lampandloom.example"


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of the shop."""

    name: str
    phone: str
    login: str

    @property
    def phone_key(self) -> str:
        return f"phone:{self.phone}"

    @property
    def login_key(self) -> str:
        return f"login:{self.login}"


SHOP = Shop()
ADA = Person("Ada", "+447700900142", "ada")

SENTENCES: Mapping[str, object] = {
    "sms": ("Where is my order 1042?", "When are you open?", "How do I return something?"),
    "chat": ("Any news on my order?", "Can I talk to a human?", "What does delivery cost?"),
    "guide": {
        "ask": "Where is my order 1042?",
        "meet": "Any news on my order?",
        "go_on": "And when will it arrive?",
        "yes": "Yes",
        "person": "Can I talk to a human?",
    },
}
"""What can be said with one click; `guide` are the sentences of the five steps."""


class Outside:
    """The world around the gateway, moved by the demo's page."""

    def __init__(
        self,
        gateway: Gateway,
        phones: TwilioSimulator,
        *,
        login: Callable[[], str],
        enter: Callable[[], str],
    ) -> None:
        self._gateway = gateway
        self._phones = phones
        self._login = login
        self._enter = enter

    def world(self) -> World:
        """What the page may ask of it."""
        return World(
            facts=self.facts,
            login=self._login,
            enter=self._enter,
            send_text=self.send_text,
            texts=self.texts,
            link=self.link,
            unlink=self.unlink,
            is_linked=self.is_linked,
            waiting=self.waiting,
        )

    def facts(self) -> Mapping[str, object]:
        """What the page is told once."""
        base = f"/channels/{CHAT}"
        return {
            "shop": {"name": SHOP.name, "number": spaced(SHOP.number), "address": SHOP.address},
            "sentences": SENTENCES,
            "chat": {"widget": f"{base}/widget.js", "endpoint": f"{base}/socket", "name": ADA.name},
        }

    async def send_text(self, text: str) -> None:
        """Ada's phone sends a text. Raises `Problem` when the gateway does not take it."""
        try:
            await self._phones.text(ADA.phone, text)
        except RuntimeError as error:
            raise Problem(502, "The text was not taken.", where=str(error)) from None

    def texts(self) -> Sequence[Text]:
        """Ada's thread with the shop, as her phone shows it."""
        return [
            Text("ada" if one.direction == "in" else "shop", one.text)
            for one in self._phones.wire
            if one.phone == ADA.phone
        ]

    async def link(self) -> None:
        """Join Ada's login to whoever her phone is. Raises `Problem` before both have written."""
        phone = await self._find(ADA.phone_key)
        if phone is None or await self._find(ADA.login_key) is None:
            raise Problem(409, "Ada has to write on both first.", fix="Take steps 1 and 2.")
        gateway = self._gateway
        await self._change(
            "linked",
            lambda now: gateway.store.run(
                identity.link,
                ADA.login_key,
                phone.id,
                Assurance.AUTHENTICATED,
                identity.BY_HAND,
                "Ada confirmed it at the counter",
                ACTOR,
                now,
                (gateway.new_id(), gateway.new_id()),
            ),
        )

    async def unlink(self) -> None:
        """Part them again. Raises `Problem` when they are not joined."""
        gateway = self._gateway
        await self._change(
            "unlinked",
            lambda now: gateway.store.run(
                identity.unlink,
                ADA.login_key,
                None,
                ACTOR,
                "Unlinked in the demo",
                now,
                gateway.new_id(),
            ),
        )

    async def is_linked(self) -> bool:
        """Whether Ada's phone and login are one customer now."""
        found = await self._find(ADA.phone_key)
        return found is not None and any(one.key == ADA.login_key for one in found.handles)

    async def waiting(self) -> int:
        """How many cases are with people."""
        now = to_micros(self._gateway.now())
        return len(await self._gateway.store.read(pages.queue, now))

    async def _find(self, key: str) -> CustomerRow | None:
        found = await self._gateway.store.read(pages.customers, key, 10)
        return next((row for row in found if key in [one.key for one in row.handles]), None)

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


def spaced(number: str) -> str:
    """A British number as people write it: +44 7700 900142."""
    return f"{number[:3]} {number[3:7]} {number[7:]}"
