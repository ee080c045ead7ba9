"""What you fill in to have your channel proved: how its provider speaks.

Subclass `AdapterHarness` if the provider posts to us, `PullHarness` if the adapter fetches, or
`SocketHarness` if people's clients hold a socket to the gateway. Everything else is the kit's. A
harness describes and keeps nothing: it is asked again for every rule.

The methods that have no body here are required. A capability that you declare may ask for one more;
the rule that fails without it names the method.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any, ClassVar

from pydantic import BaseModel

from adapters.testing.call import Call
from adapters.testing.provider import Answer, Behaviour, Known, Provider, ScriptedProvider
from adapters.testing.site import Said, Site
from core.channel import AdapterContext, AdapterSpec, WebhookRequest
from core.message import DeliveryStatus
from core.socket_channel import SocketRequest

RETRY_AFTER = 7
"""Seconds that a throttling provider asks to wait."""

ELSEWHERE = "elsewhere.kit.test"
"""The host that a redirect leads to. Nobody may ask for it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The flags a `SendError` has to carry."""

    retryable: bool
    ambiguous: bool


OUTCOMES: Mapping[Behaviour, Outcome] = {
    Behaviour.THROTTLE: Outcome(retryable=True, ambiguous=False),
    Behaviour.FAIL: Outcome(retryable=True, ambiguous=True),
    Behaviour.REFUSE: Outcome(retryable=False, ambiguous=False),
    Behaviour.GARBAGE: Outcome(retryable=True, ambiguous=True),
    Behaviour.HANG: Outcome(retryable=True, ambiguous=True),
    Behaviour.LOSE: Outcome(retryable=True, ambiguous=True),
}
"""What each behaviour means: whatever may have arrived is ambiguous."""


class Harness(ABC):
    """What every kind of channel tells the kit."""

    spec: ClassVar[AdapterSpec]
    """Your channel's declaration."""

    outcomes: ClassVar[Mapping[Behaviour, Outcome]] = {}
    """Where your provider's protocol makes an answer mean something else than `OUTCOMES` says, such
    as an SMTP server's 4xx, which is never ambiguous. Write beside it why."""

    behaviours: ClassVar[frozenset[Behaviour]] = frozenset(Behaviour) - {Behaviour.LATE}
    """What the provider can do. Leave out only what its protocol cannot express."""

    begins: ClassVar[datetime] = datetime(2027, 1, 15, 8, tzinfo=UTC)
    """The time the adapter is told at first."""

    seconds: ClassVar[float] = 5.0
    """The longest a single call of the adapter may take. Give the adapter a shorter time-out."""

    @abstractmethod
    def options(self, site: Site) -> Mapping[str, object]:
        """The adapter's table of `config.toml` for this account, as plain values.

        It speaks to `site.provider_url`, takes its secrets from `site.secret(...)`, and gives up on
        a provider that hangs within half a second.
        """

    def answer(self, site: Site, call: Call, known: Known) -> Answer:
        """What the provider answers to this call when all is well.

        A send is answered with a message id of its own: make it of `call.number`. Calls that list
        or look up (for `reconcile`, `catch_up`, `fetch`) are answered from `known`: the sends that
        were taken, and what people wrote.
        """
        raise NotImplementedError("answer(site, call, known): what your provider answers a call")

    def refusal(self, site: Site, call: Call) -> Answer:
        """What the provider answers when it says no for good."""
        return Answer(400, {"error": "refused"})

    def throttling(self, site: Site, call: Call) -> Answer:
        """What the provider answers when it is asked too often, with `Retry-After: 7`."""
        return Answer(429, {"error": "slow down"}, {"Retry-After": str(RETRY_AFTER)})

    def late(self, site: Site, call: Call) -> Answer:
        """Needed with `reply_window_seconds`: the refusal of an answer that comes after it. Also
        put `Behaviour.LATE` into `behaviours`."""
        raise NotImplementedError("late(site, call): how an answer after the window is refused")

    def is_send(self, call: Call) -> bool:
        """Whether this call is the one that sends; by default, whether it is a POST."""
        return call.method == "POST"

    def text_of(self, call: Call) -> str:
        """The text that a send carries; by default, the longest text in its form or JSON."""
        return max(call.strings, key=len, default="")

    def identity_of(self, call: Call) -> str:
        """With `idempotent_send`: by what the provider knows a send again.

        By default the header `Idempotency-Key`. Empty when the call carries nothing of the kind.
        """
        return call.headers.get("idempotency-key", "")

    def reaches_only_the_sender(self, call: Call) -> bool:
        """With `private_reply`: whether what this send carries is shown to one person alone."""
        raise NotImplementedError("reaches_only_the_sender(call): who reads what this call sends")

    def has_file(self, call: Call, content: bytes) -> bool:
        """With `attachments_out`: whether this call carries the file; by default, as raw bytes."""
        return content in call.body

    def links(self, call: Call) -> Sequence[str]:
        """With `attachments_out`, where the provider loads files from us: the addresses in this
        call that it is to load them from. The kit asks your adapter's route for each."""
        return ()

    def provider(self, site: Site) -> Provider:
        """The scripted provider. Override it only for one that is not asked by HTTP."""
        elsewhere = Answer(307, "", {"Location": f"https://{ELSEWHERE}/"})
        return ScriptedProvider(
            {
                Behaviour.ACCEPT: lambda call, known: self.answer(site, call, known),
                Behaviour.THROTTLE: lambda call, _: self.throttling(site, call),
                Behaviour.FAIL: lambda _call, _known: Answer(500, "out of order"),
                Behaviour.REFUSE: lambda call, _: self.refusal(site, call),
                Behaviour.LATE: lambda call, _: self.late(site, call),
                Behaviour.GARBAGE: lambda _call, _known: Answer(200, "<html>no answer</html>"),
                Behaviour.REDIRECT: lambda _call, _known: elsewhere,
            },
            self.is_send,
        )

    def name_of(self, site: Site, person: int) -> str:
        """With `opening`: how this person is called, as `Said.person` counts them."""
        raise NotImplementedError("name_of(site, person): the address of a person who never wrote")

    def make(self, config: BaseModel, context: AdapterContext) -> Any:
        """The adapter; by default the one your declaration names."""
        module, _, name = self.spec.adapter.partition(":")
        return getattr(import_module(module), name)(config, context)


class AdapterHarness(Harness):
    """A channel whose provider posts to us."""

    window: ClassVar[timedelta | None] = None
    """For how long a signed request is good; nothing where the provider signs no time."""

    signs_body: ClassVar[bool] = True
    """Whether the signature covers the body. Not so where the provider only shows a secret."""

    @abstractmethod
    def inbound(self, site: Site, said: Said) -> WebhookRequest:
        """The request in which the provider tells what somebody wrote, before it is signed.

        Build it with `site.form(...)` or `site.json(...)`. Heed of `said` what your provider
        knows: `number`, `text` and `person` always, `thread`, `room`, `files` and `quick_reply`
        when you declare a capability that needs them.
        """

    @abstractmethod
    def sign(self, site: Site, request: WebhookRequest) -> WebhookRequest:
        """The request as the provider would sign it now, whatever is in it.

        Add what proves it with `with_headers(request, {...})`. Names of headers are in lower case
        in what your adapter gets. The kit signs with it also what no provider would send.
        """

    def status(self, site: Site, provider_id: str, status: DeliveryStatus) -> WebhookRequest | None:
        """With `delivery_status` or `read_status`: the report about a message it took, unsigned.

        `provider_id` is the one of your receipt. Nothing for a status it does not report.
        """
        return None


class PullHarness(Harness):
    """A channel that fetches by itself."""

    async def begin(self, site: Site, provider: Provider) -> None:
        """What must be there before the adapter starts. By default nothing."""

    @abstractmethod
    async def deliver(self, site: Site, provider: Provider, said: Said) -> None:
        """Make it so that the provider holds this message for us. `said.attempt` is always 1."""

    @abstractmethod
    async def deliver_broken(self, site: Site, provider: Provider) -> None:
        """Make it so that the provider holds something for us that cannot be read."""

    @abstractmethod
    async def disconnect(self, site: Site, provider: Provider) -> None:
        """Drop the connections over which the adapter fetches; a new one is let in."""

    async def report(
        self, site: Site, provider: Provider, provider_id: str, status: DeliveryStatus
    ) -> bool:
        """With `delivery_status`: make it so that the provider reports this about a message it
        took. Whether it does report such a status."""
        return False


class SocketHarness(Harness):
    """A channel whose clients hold a socket to the gateway. Nothing is sent to a provider."""

    @abstractmethod
    def request(self, site: Site) -> SocketRequest:
        """What is known of a socket of an allowed page before its first frame."""

    @abstractmethod
    def forbidden(self, site: Site) -> SocketRequest:
        """The same of a page that is not allowed to open one."""

    @abstractmethod
    def first(self, site: Site, person: int) -> Mapping[str, object]:
        """The first frame of a person who is new; with a proof of who they are, if there is one."""

    @abstractmethod
    def again(self, site: Site, welcome: Mapping[str, object]) -> Mapping[str, object]:
        """The first frame of somebody who was welcomed with this and comes back."""

    @abstractmethod
    def say(self, site: Site, said: Said) -> Mapping[str, object]:
        """The frame with which a client tells what somebody wrote."""

    @abstractmethod
    def client_id(self, said: Said) -> str:
        """The id that the client gives the message, the same each time it sends it."""

    def others(self, site: Site) -> Sequence[Mapping[str, object]]:
        """Frames of every other kind: typing, seen, a ping."""
        return ()

    def upload(self, site: Site, said: Said) -> Mapping[str, object]:
        """With `attachments_in`: the frame with which a client asks where to send `said.files`."""
        raise NotImplementedError("upload: the frame that asks where to send a file")

    def tickets(self, frame: Mapping[str, object]) -> Sequence[str]:
        """With files: the tickets in the addresses that a frame tells, to send or to fetch one."""
        raise NotImplementedError("tickets: what is signed in a frame's addresses of files")

    def shows(self, frame: Mapping[str, object], text: str) -> bool:
        """Whether a frame shows this text; by default, whether one of its values has it."""
        return any(text in str(value) for value in frame.values())
