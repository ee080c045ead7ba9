"""The harness of the reference channel: an example of one that proves every capability."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta

from adapters.testing.call import Call
from adapters.testing.harness import AdapterHarness
from adapters.testing.loopback import SPEC, STATUSES, WINDOW_SECONDS, signature
from adapters.testing.provider import Answer, Behaviour, Known
from adapters.testing.site import Said, Site, with_headers
from core.channel import WebhookRequest
from core.message import DeliveryStatus


class LoopbackHarness(AdapterHarness):
    """How the provider of the reference channel speaks."""

    spec = SPEC
    behaviours = frozenset(Behaviour)
    window = timedelta(seconds=WINDOW_SECONDS)

    def options(self, site: Site) -> Mapping[str, object]:
        """Its table of the settings."""
        return {
            "url": site.provider_url,
            "signing_key": site.secret("signing_key"),
            "token": site.secret("token"),
            "timeout_seconds": 0.3,
        }

    def inbound(self, site: Site, said: Said) -> WebhookRequest:
        """A message."""
        return site.json("inbound", _posted(said))

    def name_of(self, site: Site, person: int) -> str:
        """Their name."""
        return f"person-{person}"

    def sign(self, site: Site, request: WebhookRequest) -> WebhookRequest:
        """The time and the body are signed."""
        told = str(int(site.now().timestamp()))
        proof = signature(site.secret("signing_key"), told, request.body)
        return with_headers(request, {"X-Loopback-Time": told, "X-Loopback-Signature": proof})

    def answer(self, site: Site, call: Call, known: Known) -> Answer:
        """Ids for sends, and what is asked for."""
        _, kind, *rest = call.path.split("/")
        if call.method == "POST":
            return Answer(200, {"id": _id(call)})
        if kind == "messages":
            found = [one for one in known.sent if self.identity_of(one) == rest[0]]
            return Answer(200, {"id": _id(found[0]) if found else None})
        if kind == "inbox":
            since = [one for one in known.said if one.at.timestamp() >= int(rest[0])]
            return Answer(200, {"messages": [_posted(one) for one in since]})
        files = {f"F{one.number}": one.files for one in known.said if one.files}
        return Answer(200, files[rest[0]][0].content)

    def late(self, site: Site, call: Call) -> Answer:
        """After a day nobody may be written to."""
        return Answer(403, {"error": "window"})

    def status(self, site: Site, provider_id: str, status: DeliveryStatus) -> WebhookRequest | None:
        """A report."""
        told = next((name for name, ours in STATUSES.items() if ours is status), None)
        return None if told is None else site.json("status", {"id": provider_id, "status": told})

    def reaches_only_the_sender(self, call: Call) -> bool:
        """What has no thread goes to the person."""
        return call.json["thread"] is None

    def has_file(self, call: Call, content: bytes) -> bool:
        """Files go in base64."""
        return b64encode(content).decode() in call.strings


def _id(call: Call) -> str:
    return f"L{call.number}"


def _posted(said: Said) -> Mapping[str, object]:
    return {
        "id": f"M{said.number}",
        "person": f"person-{said.person}",
        "thread": said.answers.json["thread"] if said.answers else f"thread-{said.thread}",
        "text": said.text,
        "at": int(said.at.timestamp()),
        "room": said.room,
        "choice": said.quick_reply,
        "attempt": said.attempt,
        "files": [
            {"name": one.name, "type": one.media_type, "ref": f"F{said.number}"}
            for one in said.files
        ],
    }
