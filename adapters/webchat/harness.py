"""How the widget speaks, for the conformance kit: its frames, and the pages it may be on.

For `onethread adapters check` and the tests; the adapter never imports it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from adapters.testing import Said, Site, SocketHarness
from adapters.webchat import SPEC
from core.socket_channel import SocketRequest

_PAGE = "https://shop.example.com"


class WebchatHarness(SocketHarness):
    """One chat on one shop's pages, for visitors who are not signed in."""

    spec = SPEC

    def options(self, site: Site) -> Mapping[str, object]:
        """Its table of the settings."""
        return {"allowed_origins": [_PAGE], "secret": site.secret("secret") * 2}

    def request(self, site: Site) -> SocketRequest:
        """A browser names the page in `Origin` (RFC 6455, section 4.1)."""
        return SocketRequest(_PAGE, "192.0.2.1")

    def forbidden(self, site: Site) -> SocketRequest:
        """A page whose origin only begins like an allowed one."""
        return SocketRequest(f"{_PAGE}.evil.test", "192.0.2.1")

    def first(self, site: Site, person: int) -> Mapping[str, object]:
        """An anonymous visitor brings nothing."""
        return {"type": "hello"}

    def again(self, site: Site, welcome: Mapping[str, object]) -> Mapping[str, object]:
        """Who comes back brings the token of the welcome."""
        return {"type": "hello", "token": welcome["token"]}

    def say(self, site: Site, said: Said) -> Mapping[str, object]:
        """A message."""
        frame = {"type": "say", "client_id": self.client_id(said), "text": said.text}
        return frame if said.quick_reply is None else {**frame, "quick_reply": said.quick_reply}

    def client_id(self, said: Said) -> str:
        """A UUID of the page's own."""
        return str(UUID(int=said.number + 1))

    def upload(self, site: Site, said: Said) -> Mapping[str, object]:
        """Where may this file go?"""
        [file] = said.files
        return {
            "type": "upload",
            "client_id": self.client_id(said),
            "name": file.name,
            "media_type": file.media_type,
            "size": len(file.content),
        }

    def tickets(self, frame: Mapping[str, object]) -> Sequence[str]:
        """Each address has one in its query."""
        return re.findall(r"ticket=([\w.-]+)", str(frame))

    def others(self, site: Site) -> Sequence[Mapping[str, object]]:
        """Everything that is no message."""
        return (
            {"type": "typing", "active": True},
            {"type": "seen", "seq": 1},
            {"type": "ping", "n": 7},
            {"type": "upload", "client_id": str(UUID(int=99)), "name": "a.png", "size": 9},
        )
