"""How the Bot API speaks, told to the conformance kit."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.testing import AdapterHarness, Answer, Call, Known, Said, Site, with_headers
from core.channel import WebhookRequest
from onethread_telegram import SPEC
from onethread_telegram.simulator import SECRET_HEADER, taken, update


class TelegramHarness(AdapterHarness):
    """Telegram's side of the channel."""

    spec = SPEC
    # https://core.telegram.org/bots/api#setwebhook: it shows the secret and signs nothing.
    signs_body = False

    def options(self, site: Site) -> Mapping[str, object]:
        """The account's table of config.toml."""
        return {
            "token": site.secret("token", prefix=f"{site.number}:"),
            "secret": site.secret("secret"),
            "api_url": site.provider_url,
            "timeout_seconds": 0.3,
        }

    def inbound(self, site: Site, said: Said) -> WebhookRequest:
        """A message, or a button that was pressed."""
        person = 1000 + said.person
        more: dict[str, object] = {"text": said.text}
        if said.room:
            more["chat"] = {"id": -4000, "type": "supergroup", "title": "Regulars"}
        if said.thread > 1:
            more |= {"message_thread_id": said.thread, "is_topic_message": True}
        if said.files:
            more["document"] = _document(said)
        found = update(said.number, person, said.at, **more)
        if said.quick_reply is None:
            return site.json("update", found)
        keys = [[{"text": said.text, "callback_data": said.quick_reply}]]
        query = {
            "id": f"q{said.number}",
            "from": {"id": person, "is_bot": False},
            "data": said.quick_reply,
            "message": {
                "message_id": 1,
                "date": 0,
                "chat": {"id": person, "type": "private"},
                "from": {"id": 1, "is_bot": True},
                "reply_markup": {"inline_keyboard": keys},
            },
        }
        return site.json("update", {"update_id": said.number, "callback_query": query})

    def sign(self, site: Site, request: WebhookRequest) -> WebhookRequest:
        """It shows the secret."""
        return with_headers(request, {SECRET_HEADER: site.secret("secret")})

    def answer(self, site: Site, call: Call, known: Known) -> Answer:
        """A message that was taken, or a file in two steps."""
        if call.path.endswith("/getFile"):
            return Answer(200, {"ok": True, "result": {"file_path": "documents/7.bin"}})
        if call.path.startswith("/file/"):
            return Answer(200, known.said[-1].files[0].content)
        return Answer(200, taken(call.number, 0))

    def throttling(self, site: Site, call: Call) -> Answer:
        """The wait stands in the body."""
        return Answer(429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 7}})

    def is_send(self, call: Call) -> bool:
        """Every method is a POST; these send."""
        return "/send" in call.path


def _document(said: Said) -> Mapping[str, object]:
    [file] = said.files
    return {"file_id": f"F{said.number}", "file_name": file.name, "mime_type": file.media_type}
