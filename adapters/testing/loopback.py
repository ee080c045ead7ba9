"""The reference channel: one whole adapter for a provider that does not exist, and that can it all.

Read it as an example: everything the contract knows of a posting provider is here once. The kit is
tried on it, and on copies of it that are broken in one place each. It cannot be enabled.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import aiohttp
import orjson
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from core.channel import (
    AdapterContext,
    AdapterSpec,
    Capabilities,
    Received,
    Refused,
    Route,
    SendError,
    Transport,
    WebhookRequest,
    error_for_status,
)
from core.channel_abilities import Absent, Attempt, Found, Opening, Reconciled, Unknown
from core.message import (
    Assurance,
    Attachment,
    Audience,
    DeliveryStatus,
    DeliveryUpdate,
    Handle,
    InboundMessage,
    OutboundMessage,
    OutboundPart,
    RenderedPart,
    SendReceipt,
    Sensitivity,
)
from core.rendering import renderer

WINDOW_SECONDS = 300
"""How old a signed request may be."""

STATUSES: Mapping[str, DeliveryStatus] = {
    "delivered": DeliveryStatus.DELIVERED,
    "seen": DeliveryStatus.READ,
    "lost": DeliveryStatus.FAILED,
}

_UNREADABLE = "The provider gave an answer that cannot be read."


class LoopbackConfig(BaseModel):
    """Where the provider is, what it signs with, and what we show it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    signing_key: SecretStr = Field(min_length=16)
    token: SecretStr = Field(min_length=16)
    timeout_seconds: float = Field(default=10.0, gt=0, le=120)


SPEC = AdapterSpec(
    name="loopback",
    title="Loopback",
    adapter="adapters.testing.loopback:LoopbackAdapter",
    config=LoopbackConfig,
    capabilities=Capabilities(
        transport=Transport.WEBHOOK,
        text_limit=500,
        attachments_in=True,
        attachments_out=True,
        threads=True,
        delivery_status=True,
        read_status=True,
        quick_replies=5,
        reply_window_seconds=86_400,
        idempotent_send=True,
        reconcile=True,
        catch_up=True,
        private_reply=True,
    ),
    identity_kind="loopback",
    routes=(Route("/inbound", "inbound"), Route("/status", "status")),
    harness="adapters.testing.loopback_harness:LoopbackHarness",
)

FIRST = "written-first"
"""The thread in which a person is written to who has not written."""

_NAME = re.compile(r"[\w.-]{1,200}", re.ASCII)
_Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class PostedFile(BaseModel):
    """A file of a posted message: `ref` is what it is fetched by."""

    name: _Line
    type: _Line
    ref: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,40}$")]


class Posted(BaseModel):
    """A message as the provider posts it; `attempt` counts the deliveries."""

    model_config = ConfigDict(strict=True)

    id: _Line
    person: _Line
    thread: _Line
    text: Annotated[str, Field(max_length=10_000, pattern=r"^[^\x00]*$")]
    at: Annotated[int, Field(ge=0, le=2**40)]
    room: bool = False
    choice: _Line | None = None
    attempt: int = 1
    files: Annotated[list[PostedFile], Field(max_length=10)] = []


class Told(BaseModel):
    """A report as the provider posts it."""

    model_config = ConfigDict(strict=True)

    id: _Line
    status: _Line


class LoopbackAdapter:
    """One account."""

    def __init__(self, config: LoopbackConfig, context: AdapterContext) -> None:
        self._config = config
        self._context = context
        self._render = renderer(SPEC.capabilities)
        self._web: aiohttp.ClientSession | None = None

    async def receive(self, route: str, request: WebhookRequest) -> Received:
        """Verify and translate one request. Raises `Refused`."""
        self.verify(request)
        try:
            if route == "status":
                return self.report(Told.model_validate_json(request.body))
            return Received(messages=(self.message(Posted.model_validate_json(request.body)),))
        except ValidationError:
            raise Refused(400, "the body is no message of this provider's") from None

    def verify(self, request: WebhookRequest) -> None:
        """Whether the provider signed this, and just now. Raises `Refused`."""
        told = request.headers.get("x-loopback-time", "")
        key = self._config.signing_key.get_secret_value()
        wanted = signature(key, told, request.body)
        given = request.headers.get("x-loopback-signature", "")
        if not hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace")):
            raise Refused(403, "the signature does not fit the request")
        # What is signed is a number: the provider wrote it.
        if abs(int(told) - self._context.now().timestamp()) > WINDOW_SECONDS:
            raise Refused(403, "the request was signed too long ago")

    def message(self, posted: Posted) -> InboundMessage:
        """A posted message in our terms."""
        return InboundMessage(
            account=self._context.account,
            channel=SPEC.name,
            event_id=posted.id,
            conversation_key=f"{posted.person}/{posted.thread}",
            sender=Handle(SPEC.identity_kind, posted.person),
            assurance=Assurance.AUTHENTICATED,
            evidence="The provider signed a message of this person.",
            text=posted.text,
            reply_address={"to": posted.person, "thread": posted.thread},
            sent_at=datetime.fromtimestamp(posted.at, UTC),
            audience=Audience.ROOM if posted.room else Audience.ONE,
            attachments=tuple(Attachment(one.name, one.type, one.ref) for one in posted.files),
            quick_reply=posted.choice,
        )

    def report(self, told: Told) -> Received:
        """A report in our terms; nothing of a status that says nothing to us."""
        status = STATUSES.get(told.status)
        if status is None:
            return Received()
        return Received(updates=(DeliveryUpdate(self._context.account, told.id, status),))

    def render(self, message: OutboundMessage) -> Sequence[RenderedPart]:
        """The default rendering, the files with the last part, and who may see it."""
        parts = self._render(message)
        personal = message.sensitivity is not Sensitivity.GENERAL
        direct = personal and message.audience is Audience.ROOM
        files = [
            {"name": one.name, "media_type": one.media_type, "reference": one.reference}
            for one in message.attachments
        ]
        last = len(parts) - 1
        return [
            RenderedPart(
                {**one.payload, "direct": direct, "attachments": files if n == last else []},
                one.notes,
            )
            for n, one in enumerate(parts)
        ]

    def address_of(self, to: str) -> Mapping[str, str]:
        """A person by name, in the thread of what we write first. Raises `ValueError`."""
        if not _NAME.fullmatch(to):
            raise ValueError("write the person's name, as the provider shows it")
        return {"to": to, "thread": FIRST}

    async def opening(self, to: str) -> Opening:
        """The thread of what we write first. Raises `ValueError`."""
        address = self.address_of(to)
        return Opening(f"{to}/{FIRST}", address)

    async def send(self, part: OutboundPart) -> SendReceipt:
        """Send one part once. Raises `SendError`."""
        files = part.payload["attachments"]
        assert isinstance(files, list)
        body = {
            "to": part.address["to"],
            "thread": None if part.payload["direct"] else part.address["thread"],
            "text": part.payload["text"],
            "choices": part.payload.get("quick_replies", []),
            "files": [
                {
                    "name": one["name"],
                    "content": b64encode(await self._context.read_file(one["reference"])).decode(),
                }
                for one in files
            ],
        }
        told = await self.ask("POST", "/messages", body, {"Idempotency-Key": part.key})
        if not isinstance(told.get("id"), str):
            raise SendError(_UNREADABLE, retryable=True, ambiguous=True)
        return SendReceipt(told["id"])

    async def reconcile(self, attempt: Attempt) -> Reconciled:
        """Ask whether the provider has a part with this key."""
        try:
            told = await self.ask("GET", f"/messages/{attempt.part.key}")
        except SendError as error:
            return Unknown(error.reason)
        return Found(told["id"]) if told.get("id") else Absent()

    async def catch_up(self, since: datetime) -> Sequence[InboundMessage]:
        """What was written since then. Raises `SendError`."""
        told = await self.ask("GET", f"/inbox/{int(since.timestamp())}")
        return [self.message(Posted.model_validate(one)) for one in told["messages"]]

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of a file that came in. Raises `SendError`."""
        return await self.load("GET", f"/files/{attachment.reference}")

    async def close(self) -> None:
        """Let go of connections."""
        if self._web is not None:
            await self._web.close()

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        """The provider's answer as data. Raises `SendError`."""
        answer = await self.load(method, path, body, headers)
        try:
            told = orjson.loads(answer)
        except orjson.JSONDecodeError:
            told = None
        if not isinstance(told, dict):
            raise SendError(_UNREADABLE, retryable=True, ambiguous=True)
        return told

    async def load(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """The provider's answer as bytes. Raises `SendError`."""
        proof = {"Authorization": f"Bearer {self._config.token.get_secret_value()}"}
        try:
            async with self.session().request(
                method,
                f"{self._config.url}{path}",
                data=None if body is None else orjson.dumps(body),
                headers={**proof, **(headers or {}), "Content-Type": "application/json"},
                allow_redirects=False,
            ) as answer:
                content = await answer.read()
                if answer.status == 200:
                    return content
                raise self.refusal(answer.status, answer.headers)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise SendError("The provider could not be reached.", retryable=True) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SendError(
                "The connection was lost before the provider answered.",
                retryable=True,
                ambiguous=True,
            ) from error

    def refusal(self, status: int, headers: Mapping[str, str]) -> SendError:
        """What an answer that is not 200 means."""
        if status < 400:
            return SendError(_UNREADABLE, retryable=True, ambiguous=True)
        after = headers.get("Retry-After", "")
        return error_for_status(status, float(after) if after.isdigit() else None)

    def session(self) -> aiohttp.ClientSession:
        """The connections, made when first needed."""
        if self._web is None:
            limit = aiohttp.ClientTimeout(total=self._config.timeout_seconds)
            self._web = aiohttp.ClientSession(timeout=limit)
        return self._web


def signature(key: str, told: str, body: bytes) -> str:
    """What the provider signs: the time, a point and the body, by HMAC-SHA256."""
    return hmac.digest(key.encode(), f"{told}.".encode("utf-8", "replace") + body, "sha256").hex()
