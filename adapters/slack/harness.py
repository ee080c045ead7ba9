"""How Slack speaks, for the conformance kit: signed events, presses of buttons, and its Web API.

For `onethread adapters check` and the tests; the adapter never imports it. A person writes directly
in thread 1; any other thread is one of the channel, where others read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import orjson

from adapters.slack import SPEC
from adapters.slack.signature import sign
from adapters.testing import AdapterHarness, Answer, Call, Known, Said, Site, with_headers
from core.channel import WebhookRequest

_CHANNEL = "C0HELP"
_BOT = "U0BOT"
_SENDS = ("/api/chat.postMessage", "/api/files.completeUploadExternal")


class SlackHarness(AdapterHarness):
    """One workspace with its app."""

    spec = SPEC
    window = timedelta(minutes=5)

    def options(self, site: Site) -> Mapping[str, object]:
        """Its table of the settings."""
        return {
            "signing_secret": site.secret("signing_secret"),
            "bot_token": site.secret("bot_token", "xoxb-"),
            "api_base_url": f"{site.provider_url}/api/",
            "timeout_seconds": 1.0,
        }

    def inbound(self, site: Site, said: Said) -> WebhookRequest:
        """An event as Slack posts it (https://docs.slack.dev/apis/events-api)."""
        if said.quick_reply is not None:
            return _pressed(site, said)
        whose = {"team_id": _team(site), "enterprise_id": None, "user_id": _BOT, "is_bot": True}
        body = {
            "type": "event_callback",
            "team_id": _team(site),
            "api_app_id": "A0KIT",
            "event_id": f"Ev{said.number}",
            "event_time": int(said.at.timestamp()),
            "event": {**_post(site, said), "channel": _room(said), "channel_type": _kind(said)},
            "authorizations": [whose],
            "is_ext_shared_channel": False,
        }
        request = site.json("events", body)
        if said.attempt == 1:
            return request
        retried = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
        return with_headers(request, retried)

    def name_of(self, site: Site, person: int) -> str:
        """Their id in the workspace."""
        return f"{_team(site)}:{_user(person)}"

    def sign(self, site: Site, request: WebhookRequest) -> WebhookRequest:
        """The time and the body are signed."""
        told = str(int(site.now().timestamp()))
        proof = sign(site.secret("signing_secret").encode(), told, request.body)
        return with_headers(
            request, {"X-Slack-Request-Timestamp": told, "X-Slack-Signature": proof}
        )

    def answer(self, site: Site, call: Call, known: Known) -> Answer:
        """The method's answer, or a file."""
        method = call.path.removeprefix("/api/")
        if method.startswith("/files/"):
            number = int(method.rpartition("/")[2])
            [said] = [one for one in known.said if one.number == number and one.files]
            return Answer(200, said.files[0].content, {"Content-Type": "image/png"})
        act = _METHODS.get(method)
        told = {} if act is None else act(site, call, known)
        return Answer(200, {"ok": True, **told})

    def refusal(self, site: Site, call: Call) -> Answer:
        """An error of Slack's, which answers 200 with it."""
        return Answer(200, {"ok": False, "error": "channel_not_found"})

    def is_send(self, call: Call) -> bool:
        """What shows something to somebody."""
        return call.path in _SENDS

    def text_of(self, call: Call) -> str:
        """The text, which says the same as the blocks."""
        return call.form.get("text", "")

    def reaches_only_the_sender(self, call: Call) -> bool:
        """Whether it goes to a direct message."""
        return call.form["channel"].startswith("D")


def _pressed(site: Site, said: Said) -> WebhookRequest:
    """A press of a button, which is no JSON but a form with JSON in it."""
    action = {
        "type": "button",
        "action_id": "onethread_choice_0",
        "block_id": "onethread_choice",
        "value": said.quick_reply,
        "text": {"type": "plain_text", "text": said.text},
        "action_ts": _ts(said),
    }
    payload = {
        "type": "block_actions",
        "team": {"id": _team(site)},
        "user": {"id": _user(said.person), "team_id": _team(site)},
        "channel": {"id": _room(said)},
        "message": {"ts": "1700000000.000001", "text": "?", "blocks": []},
        "container": {"type": "message", "message_ts": "1700000000.000001"},
        "actions": [action],
    }
    form = {"payload": orjson.dumps(payload).decode()}
    kind = "application/x-www-form-urlencoded"
    return site.post("interactivity", urlencode(form).encode(), kind, tuple(form.items()))


def _post(site: Site, said: Said) -> dict[str, Any]:
    """A post as events and the history have it. In a channel it is for us where we are named."""
    direct = _room(said).startswith("D")
    post: dict[str, Any] = {
        "type": "message",
        "user": _user(said.person),
        "team": _team(site),
        "text": said.text if direct else f"<@{_BOT}> {said.text}",
        "ts": _ts(said),
    }
    if not direct:
        post["thread_ts"] = f"17000000{said.thread:02d}.000001"
    if said.files:
        post["subtype"] = "file_share"
        post["files"] = [
            {
                "id": f"F{said.number}",
                "name": one.name,
                "mimetype": one.media_type,
                "size": len(one.content),
                "url_private": f"{site.provider_url}/files/{said.number}",
            }
            for one in said.files
        ]
    return post


def _sent(site: Site, call: Call) -> dict[str, Any]:
    """A post of ours as the history has it."""
    return {
        "type": "message",
        "user": _BOT,
        "bot_id": "B0BOT",
        "ts": _sent_ts(site, call),
        "text": call.form.get("text", ""),
        "metadata": orjson.loads(call.form.get("metadata", "{}")),
    }


def _posted(site: Site, call: Call, known: Known) -> dict[str, Any]:
    return {"channel": call.form["channel"], "ts": _sent_ts(site, call)}


def _history(site: Site, call: Call, known: Known) -> dict[str, Any]:
    """Posts of a room, newest first."""
    room = call.form["channel"]
    said = [_post(site, one) for one in known.said if _room(one) == room]
    sent = [_sent(site, one) for one in known.sent if one.form.get("channel") == room]
    oldest = float(call.form.get("oldest") or 0)
    found = [one for one in said + sent if float(one["ts"]) > oldest]
    return {"messages": sorted(found, key=lambda one: str(one["ts"]), reverse=True)}


def _rooms(site: Site, call: Call, known: Known) -> dict[str, Any]:
    direct = [{"id": f"D0P{one}", "is_im": True, "user": _user(one)} for one in (1, 2)]
    return {"channels": [*direct, {"id": _CHANNEL, "name": "help", "is_member": True}]}


def _user_info(site: Site, call: Call, known: Known) -> dict[str, Any]:
    user = {"id": call.form["user"], "team_id": _team(site), "profile": {"real_name": "Ada"}}
    return {"user": user}


_METHODS: Mapping[str, Callable[[Site, Call, Known], dict[str, Any]]] = {
    "auth.test": lambda site, _call, _known: {"team_id": _team(site), "user_id": _BOT},
    "chat.postMessage": _posted,
    "users.info": _user_info,
    "conversations.info": lambda _site, _call, _known: {"channel": {"name": "help"}},
    "conversations.list": _rooms,
    "conversations.history": _history,
    "conversations.replies": _history,
    "conversations.open": lambda _site, call, _known: {
        "channel": {"id": f"D0P{call.form['users'].removeprefix('U0P')}"}
    },
    "files.getUploadURLExternal": lambda site, call, _known: {
        "upload_url": f"{site.provider_url}/upload",
        "file_id": f"F{call.number}",
    },
}


def _team(site: Site) -> str:
    return f"T0KIT{site.number}"


def _user(person: int) -> str:
    return f"U0P{person}"


def _room(said: Said) -> str:
    return _CHANNEL if said.room or said.thread != 1 else f"D0P{said.person}"


def _kind(said: Said) -> str:
    return "im" if _room(said).startswith("D") else "channel"


def _ts(said: Said) -> str:
    return f"{int(said.at.timestamp())}.{said.number:06d}"


def _sent_ts(site: Site, call: Call) -> str:
    return f"{int(site.now().timestamp())}.9{call.number:05d}"
