"""WhatsApp in and out: checks what Twilio signed, and makes one call for each part."""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from collections.abc import Sequence
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from adapters.calling import Caller, unreadable
from core.channel import AdapterContext, Received, Refused, SendError, WebhookRequest
from core.channel import WebhookResponse as Response
from core.message import Attachment, OutboundMessage, OutboundPart, RenderedPart, SendReceipt
from core.rendering import renderer
from onethread_whatsapp import SPEC
from onethread_whatsapp.config import WhatsAppConfig
from onethread_whatsapp.parsing import refused, reported, written

VALID_SECONDS = 10 * 3600
"""How long Twilio may load a file of ours; it keeps a message in its queue for as long."""

CDN = re.compile(r"https://[a-z0-9-]+\.twiliocdn\.com/")
"""Where Twilio leads whoever asks for a file, and wants no credentials."""

ELSEWHERE = "The file is not at Twilio."


class WhatsAppAdapter:
    """One sender."""

    def __init__(self, config: WhatsAppConfig, context: AdapterContext) -> None:
        self._config, self._context = config, context
        self._caller = Caller(
            config.timeout_seconds, lambda told: refused(str(told.json.get("code")))
        )
        token = config.auth_token.get_secret_value()
        self._validator = RequestValidator(token)
        login = b64encode(f"{config.account_sid}:{token}".encode()).decode()
        self._auth = {"Authorization": f"Basic {login}"}
        # Not the token itself: what is signed here must mean nothing to Twilio.
        self._key = hmac.digest(token.encode(), b"files we send", "sha256")

    async def receive(self, route: str, request: WebhookRequest) -> Received:
        """Verify and translate one request. Raises `Refused`."""
        if route == "media":
            return Received(response=await self._file(request))
        form, given = dict(request.form), request.headers.get("x-twilio-signature", "")
        if not self._validator.validate(request.url, form, given):
            raise Refused(403, "the signature does not fit the request")
        if form.get("AccountSid") != self._config.account_sid:
            raise Refused(403, "the form is of another account")
        account = self._context.account
        if route == "status":
            return Received(updates=reported(form, account))
        empty = Response(200, "<Response/>", "text/xml")
        return Received((written(form, account, self._context.now()),), response=empty)

    def render(self, message: OutboundMessage) -> Sequence[RenderedPart]:
        """The text, then each file as a message of its own: WhatsApp carries one at a time."""
        files = [
            RenderedPart({"text": "", "file": it.reference, "type": it.media_type})
            for it in message.attachments
        ]
        if files and not message.text.strip() and not message.quick_replies:
            return files
        return [*renderer(SPEC.capabilities)(message), *files]

    async def send(self, part: OutboundPart) -> SendReceipt:
        """Send one part once. Raises `SendError`."""
        account, base = self._config.account_sid, self._context.webhook_base
        form = {"From": f"whatsapp:{self._config.number}", "To": part.address["to"]}
        form |= {"Body": str(part.payload["text"]), "StatusCallback": f"{base}/status"}
        if "file" in part.payload:
            form["MediaUrl"] = self._link(str(part.payload["file"]), str(part.payload["type"]))
        url = f"{self._config.api_url}/2010-04-01/Accounts/{account}/Messages.json"
        told = await self._caller.call("POST", url, data=form, headers=self._auth)
        if not isinstance(sid := told.json.get("sid"), str):
            raise unreadable()
        return SendReceipt(sid)

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of a file that came in. Raises `SendError`."""
        below = f"{self._config.api_url}/2010-04-01/Accounts/{self._config.account_sid}/"
        if not attachment.reference.startswith(below):
            raise SendError(ELSEWHERE)
        told = await self._caller.call("GET", attachment.reference, moved=True, headers=self._auth)
        if told.status < 300:
            return told.body
        if not CDN.match(url := told.headers.get("Location", "")):
            raise SendError(ELSEWHERE)
        return (await self._caller.call("GET", url)).body

    async def close(self) -> None:
        """Let go of connections."""
        await self._caller.close()

    def _link(self, file: str, kind: str) -> str:
        """Where Twilio may load one file for some hours."""
        until = str(int(self._context.now().timestamp()) + VALID_SECONDS)
        query = {"file": file, "type": kind, "until": until, "sign": self._sign(file, kind, until)}
        return f"{self._context.webhook_base}/media?{urlencode(query)}"

    def _sign(self, *signed: str) -> str:
        text = "\n".join(signed).encode("utf-8", "replace")
        return hmac.digest(self._key, text, "sha256").hex()

    async def _file(self, request: WebhookRequest) -> Response:
        file, kind, until = (request.query.get(it, "") for it in ("file", "type", "until"))
        given = request.query.get("sign", "").encode("utf-8", "replace")
        if not hmac.compare_digest(self._sign(file, kind, until).encode(), given):
            raise Refused(403, "the file's address is not signed by this account")
        if int(until) < self._context.now().timestamp():
            raise Refused(410, "the file's address has expired")
        try:
            content = await self._context.read_file(file)
        except LookupError:
            raise Refused(404, "the file is not kept here any more") from None
        sealed = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "attachment"}
        return Response(200, content, kind, sealed)
