"""Telegram in and out: proves an update by our secret, and calls the Bot API once for each part."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from aiohttp import FormData
from pydantic import ValidationError

from adapters.calling import Caller, Told, unreadable
from core.channel import (
    AdapterContext,
    Received,
    Refused,
    SendError,
    WebhookRequest,
    WebhookResponse,
    error_for_status,
)
from core.message import Attachment, OutboundMessage, OutboundPart, RenderedPart, SendReceipt
from core.rendering import renderer
from onethread_telegram import SPEC
from onethread_telegram.config import TelegramConfig
from onethread_telegram.parsing import Update, edited, picked, written

MOST_DATA = 64
"""Bytes of `callback_data` (https://core.telegram.org/bots/api#inlinekeyboardbutton)."""


class TelegramAdapter:
    """One bot."""

    def __init__(self, config: TelegramConfig, context: AdapterContext) -> None:
        self._config, self._context = config, context
        self._caller = Caller(config.timeout_seconds, meaning)
        self._bot = f"bot{config.token.get_secret_value()}"

    async def receive(self, route: str, request: WebhookRequest) -> Received:
        """Verify and translate one update. Raises `Refused`."""
        given = request.headers.get("x-telegram-bot-api-secret-token", "")
        wanted = self._config.secret.get_secret_value()
        if not hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode()):
            raise Refused(403, "the request does not show the webhook's secret token")
        try:
            it = Update.model_validate_json(request.body)
        except ValidationError:
            raise Refused(400, "the body is no update of the Bot API") from None
        account = self._context.account
        if it.edited_message is not None:
            return Received(revisions=(edited(it.edited_message, account),))
        if it.callback_query is not None:
            # The answer may carry one call: this one ends the button's waiting sign.
            call = {"method": "answerCallbackQuery", "callback_query_id": it.callback_query.id}
            done = WebhookResponse(200, orjson.dumps(call), "application/json")
            message = picked(it.callback_query, account, self._context.now())
            return Received((message,) if message else (), response=done)
        message = written(it.message, account) if it.message else None
        return Received((message,) if message else ())

    def render(self, message: OutboundMessage) -> Sequence[RenderedPart]:
        """The text with its buttons, then each file as a message of its own."""
        short = all(len(one.value.encode()) <= MOST_DATA for one in message.quick_replies)
        shown = SPEC.capabilities if short else replace(SPEC.capabilities, quick_replies=0)
        files = [
            RenderedPart({"file": {"name": one.name, "reference": one.reference}})
            for one in message.attachments
        ]
        wordless = files and not message.text.strip() and not message.quick_replies
        return files if wordless else [*renderer(shown)(message), *files]

    async def send(self, part: OutboundPart) -> SendReceipt:
        """Send one part once. Raises `SendError`."""
        to = {"chat_id": part.address["chat"]}
        if "topic" in part.address:
            to["message_thread_id"] = part.address["topic"]
        file, choices = part.payload.get("file"), part.payload.get("quick_replies")
        if isinstance(file, dict):
            form = FormData(to)
            content = await self._context.read_file(file["reference"])
            form.add_field("document", content, filename=file["name"])
            sent = await self._ask("sendDocument", data=form)
        else:
            body: dict[str, object] = {**to, "text": part.payload["text"]}
            if isinstance(choices, list):
                keys = [[{"text": it["label"], "callback_data": it["value"]}] for it in choices]
                body["reply_markup"] = {"inline_keyboard": keys}
            sent = await self._ask("sendMessage", json=body)
        return SendReceipt(f"{part.address['chat']}:{sent.get('message_id')}")

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of a file that came in, at most 20 MB. Raises `SendError`."""
        found = await self._ask("getFile", json={"file_id": attachment.reference})
        url = f"{self._config.api_url}/file/{self._bot}/{found.get('file_path')}"
        return (await self._caller.call("GET", url)).body

    async def close(self) -> None:
        """Let go of connections."""
        await self._caller.close()

    async def _ask(self, method: str, **body: Any) -> Mapping[str, Any]:
        url = f"{self._config.api_url}/{self._bot}/{method}"
        found = (await self._caller.call("POST", url, **body)).json.get("result")
        if not isinstance(found, dict):
            raise unreadable()
        return found


def meaning(told: Told) -> SendError | None:
    """What an error means (https://core.telegram.org/bots/api#responseparameters)."""
    if told.status == 403:
        return SendError("They blocked the bot, or are gone.", dead=True, provider_code="403")
    asked = told.json.get("parameters")
    after = asked.get("retry_after") if isinstance(asked, dict) else None
    return error_for_status(told.status, after) if isinstance(after, int) else None
