"""The simulated Web API: the methods the adapter calls, over the simulated world.

It answers as Slack does, with 200 and `ok`, and on demand misbehaves. It calls nobody.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web
from yarl import URL

from adapters.slack.config import SCOPES
from adapters.slack.simulator_world import Fault, Room, World
from adapters.slack.text import plain

Form = Mapping[str, str]
Answer = dict[str, Any]
_PAGE = 200


@dataclass(slots=True)
class WebApi:
    """The methods. `tokens` says whose bot each is; `root` is where all of it listens,
    `moved` where every file is said to be instead, `enterprise` the organisation that installed the
    app as a whole."""

    world: World
    tokens: dict[str, str]
    app_token: str
    scopes: tuple[str, ...] = SCOPES
    faults: deque[Fault] = field(default_factory=deque)
    codes: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    posted: Callable[[Room, dict[str, Any]], Awaitable[None]] | None = None
    root: str = ""
    moved: str = ""
    enterprise: str = ""
    _uploads: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def routes(self) -> list[web.RouteDef]:
        """Where each part listens."""
        return [
            web.post("/api/{method}", self.call),
            web.post("/upload/{file}", self._upload),
            web.get("/files-pri/{file}/{name}", self._download),
            web.get("/oauth/v2/authorize", self._authorize),
        ]

    async def call(self, request: web.Request) -> web.StreamResponse:
        """One call of one method."""
        method = request.match_info["method"]
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.calls.append(method)
        fault = self._fault(method)
        if fault is not None and fault.kind not in ("lose", "hang"):
            return _misbehave(fault, request)
        act = _METHODS.get(method)
        if act is None:
            return web.json_response({"ok": False, "error": "unknown_method"})
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        problem = self._problem(method, token)
        answer = {"ok": False, "error": problem} if problem else await act(self, form, token)
        if fault is not None:
            if fault.kind == "hang":
                await asyncio.sleep(fault.seconds)
            return _drop(request)
        headers = {"X-OAuth-Scopes": ",".join(self.scopes)}
        return web.json_response({"ok": "error" not in answer, **answer}, headers=headers)

    def _fault(self, method: str) -> Fault | None:
        for fault in self.faults:
            if fault.method == method:
                self.faults.remove(fault)
                return fault
        return None

    def _problem(self, method: str, token: str) -> str:
        if method == "oauth.v2.access":
            return ""
        known = token == self.app_token if method.startswith("apps.") else token in self.tokens
        return "" if known else "invalid_auth"

    async def _auth_test(self, form: Form, token: str) -> Answer:
        team = self.tokens[token]
        whole = {"enterprise_id": self.enterprise, "is_enterprise_install": True}
        return {
            **(whole if self.enterprise else {}),
            "url": f"{self.root}/",
            "team": team,
            "team_id": team,
            "user": "onethread",
            "user_id": self.world.bot_user,
            "bot_id": self.world.bot_id,
        }

    async def _teams(self, form: Form, token: str) -> Answer:
        return {
            "teams": [{"id": team, "name": team} for team in dict.fromkeys(self.tokens.values())]
        }

    async def _post(self, form: Form, token: str) -> Answer:
        room = self._room(form.get("channel", ""))
        if room is None:
            return {"error": "channel_not_found"}
        if not form.get("text") and not form.get("blocks"):
            return {"error": "no_text"}
        post: dict[str, Any] = {
            "type": "message",
            "ts": self.world.timestamp(),
            "user": self.world.bot_user,
            "bot_id": self.world.bot_id,
            "team": self.tokens[token],
            "text": form.get("text", ""),
        }
        for name in ("blocks", "metadata"):
            if form.get(name):
                post[name] = orjson.loads(form[name])
        if form.get("thread_ts"):
            post["thread_ts"] = form["thread_ts"]
        await self._add(room, post)
        return {"channel": room.id, "ts": post["ts"], "message": post}

    async def _update(self, form: Form, token: str) -> Answer:
        room = self._room(form.get("channel", ""))
        found = _find(room, form.get("ts", ""))
        if room is None or found is None:
            return {"error": "message_not_found"}
        found["text"] = form.get("text", "")
        found["blocks"] = orjson.loads(form.get("blocks", "[]"))
        async with self.world.news:
            self.world.news.notify_all()
        return {"channel": room.id, "ts": found["ts"]}

    async def _user(self, form: Form, token: str) -> Answer:
        person = self.world.people.get(form.get("user", ""))
        if person is None:
            return {"error": "user_not_found"}
        profile = {"real_name": person.name}
        if person.email and "users:read.email" in self.scopes:
            profile["email"] = person.email
        user = {"id": person.id, "team_id": self.tokens[token], "profile": profile}
        return {"user": {**user, **person.flags}}

    async def _conversation(self, form: Form, token: str) -> Answer:
        room = self._room(form.get("channel", ""))
        return {"error": "channel_not_found"} if room is None else {"channel": _described(room)}

    async def _conversations(self, form: Form, token: str) -> Answer:
        if self.enterprise and not form.get("team_id"):
            return {"error": "missing_argument"}
        return {"channels": [_described(one) for one in self.world.rooms.values()]}

    async def _history(self, form: Form, token: str) -> Answer:
        room = self._room(form.get("channel", ""))
        if room is None:
            return {"error": "channel_not_found"}
        threaded = {one.get("thread_ts") for one in room.posts}
        top = [
            {**one, "reply_count": 1, "latest_reply": _latest(room, one["ts"])}
            if one["ts"] in threaded
            else one
            for one in room.posts
            if one.get("thread_ts") in (None, one["ts"]) or one.get("subtype") == "thread_broadcast"
        ]
        return _page(top[::-1], form)

    async def _replies(self, form: Form, token: str) -> Answer:
        room = self._room(form.get("channel", ""))
        root = form.get("ts", "")
        if room is None or _find(room, root) is None:
            return {"error": "thread_not_found"}
        return _page([one for one in room.posts if root in (one["ts"], one.get("thread_ts"))], form)

    async def _open(self, form: Form, token: str) -> Answer:
        user = form.get("users", "")
        if user not in self.world.people:
            return {"error": "user_not_found"}
        return {"channel": {"id": self.world.direct(user).id}}

    async def _upload_url(self, form: Form, token: str) -> Answer:
        file_id = self.world.new_id("F")
        self._uploads[file_id] = (form.get("filename", ""), b"")
        return {"upload_url": f"{self.root}/upload/{file_id}", "file_id": file_id}

    async def _complete(self, form: Form, token: str) -> Answer:
        room = self._room(form.get("channel_id", ""))
        if room is None:
            return {"error": "channel_not_found"}
        shared = []
        for one in orjson.loads(form.get("files", "[]")):
            if one["id"] not in self._uploads:
                return {"error": "file_not_found"}
            name, content = self._uploads.pop(one["id"])
            file = self.world.add_file(name, "application/octet-stream", content, self.root)
            shared.append({**file, "id": one["id"], "title": one.get("title", name)})
            self.world.contents[one["id"]] = content
        post = {
            "type": "message",
            "ts": self.world.timestamp(),
            "user": self.world.bot_user,
            "bot_id": self.world.bot_id,
            "text": "",
            "files": shared,
        }
        if form.get("thread_ts"):
            post["thread_ts"] = form["thread_ts"]
        await self._add(room, post)
        return {"files": shared}

    async def _file(self, form: Form, token: str) -> Answer:
        file = self.world.files.get(form.get("file", ""))
        return {"error": "file_not_found"} if file is None else {"file": file}

    async def _access(self, form: Form, token: str) -> Answer:
        team = self.codes.pop(form.get("code", ""), None)
        if team is None:
            return {"error": "invalid_code"}
        bot = next(one for one, whose in self.tokens.items() if whose == team)
        return {
            "app_id": "A0SIMULATED",
            "access_token": bot,
            "token_type": "bot",
            "scope": ",".join(self.scopes),
            "bot_user_id": self.world.bot_user,
            "team": {"id": team, "name": team},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": "U0INSTALLER"},
        }

    async def _authorize(self, request: web.Request) -> web.Response:
        """The page where somebody allows the app, who does so at once: for its own workspace, or
        the one that `team` names."""
        code = self.world.new_id("code")
        self.codes[code] = request.query.get("team") or self.world.team
        answer = {"code": code, "state": request.query["state"]}
        back = URL(request.query["redirect_uri"]).with_query(answer)
        return web.Response(status=302, headers={"Location": str(back)})

    async def _connect(self, form: Form, token: str) -> Answer:
        return {"url": f"{self.root.replace('http', 'ws', 1)}/socket"}

    async def _upload(self, request: web.Request) -> web.Response:
        file_id = request.match_info["file"]
        if file_id not in self._uploads:
            return web.Response(status=404)
        self._uploads[file_id] = (self._uploads[file_id][0], await request.read())
        return web.Response(text="OK")

    async def _download(self, request: web.Request) -> web.Response:
        if self.moved:
            return web.Response(status=302, headers={"Location": self.moved})
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            return web.Response(text="<html>log in</html>", content_type="text/html")
        content = self.world.contents.get(request.match_info["file"].rpartition("-")[2])
        return web.Response(status=404) if content is None else web.Response(body=content)

    async def _add(self, room: Room, post: dict[str, Any]) -> None:
        room.posts.append(post)
        await self.world.cross("out", room, post, plain(post["text"]))
        if self.posted is not None:
            await self.posted(room, post)

    def _room(self, channel: str) -> Room | None:
        if channel in self.world.people:
            return self.world.direct(channel)
        return self.world.rooms.get(channel)


_METHODS: Mapping[str, Callable[[WebApi, Form, str], Awaitable[Answer]]] = {
    "auth.test": WebApi._auth_test,
    "auth.teams.list": WebApi._teams,
    "chat.postMessage": WebApi._post,
    "chat.update": WebApi._update,
    "users.info": WebApi._user,
    "conversations.info": WebApi._conversation,
    "conversations.list": WebApi._conversations,
    "conversations.history": WebApi._history,
    "conversations.replies": WebApi._replies,
    "conversations.open": WebApi._open,
    "files.getUploadURLExternal": WebApi._upload_url,
    "files.completeUploadExternal": WebApi._complete,
    "files.info": WebApi._file,
    "oauth.v2.access": WebApi._access,
    "apps.connections.open": WebApi._connect,
}


def _described(room: Room) -> Answer:
    return {
        "id": room.id,
        "name": room.name,
        "is_im": room.kind == "im",
        "is_mpim": room.kind == "mpim",
        "is_member": room.member,
        **({"user": room.user} if room.user else {}),
    }


def _find(room: Room | None, ts: str) -> dict[str, Any] | None:
    posts = room.posts if room is not None else ()
    return next((one for one in posts if one["ts"] == ts), None)


def _latest(room: Room, root: str) -> str:
    return max(str(one["ts"]) for one in room.posts if root in (one["ts"], one.get("thread_ts")))


def _page(posts: list[dict[str, Any]], form: Form) -> Answer:
    """One page of those since `oldest`; metadata only where it is asked for."""
    since = float(form.get("oldest") or 0)
    found = [one for one in posts if float(one["ts"]) > since]
    first, size = int(form.get("cursor") or 0), min(int(form.get("limit") or 100), _PAGE)
    page = found[first : first + size]
    if form.get("include_all_metadata") != "true":
        page = [{name: value for name, value in one.items() if name != "metadata"} for one in page]
    following = str(first + size) if len(found) > first + size else ""
    return {
        "messages": page,
        "has_more": bool(following),
        "response_metadata": {"next_cursor": following},
    }


def _misbehave(fault: Fault, request: web.Request) -> web.StreamResponse:
    if fault.kind == "throttle":
        return web.json_response(
            {"ok": False, "error": "ratelimited"},
            status=429,
            headers={"Retry-After": str(max(1, int(fault.seconds)))},
        )
    if fault.kind == "refuse":
        return web.json_response({"ok": False, "error": fault.code})
    if fault.kind == "garbage":
        return web.Response(text="<html>not what you asked for</html>", content_type="text/html")
    if fault.kind == "drop":
        return _drop(request)
    return web.Response(status=500, text="failing on purpose")


def _drop(request: web.Request) -> web.StreamResponse:
    """Close the connection instead of answering."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
