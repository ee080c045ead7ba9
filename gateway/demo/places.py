"""The places Ada writes from, as she sees them: her phone, her mailbox, and her Slack.

Each reads what crossed its provider's wire, and writes as Ada through the provider's simulator. A
place knows nothing of the gateway behind the provider.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

from adapters.email.simulator.service import Crossing as MailCrossing
from adapters.email.simulator.service import MailSimulator
from adapters.slack.simulator import BOT_NAME, SlackSimulator
from adapters.slack.simulator import Crossing as SlackCrossing
from adapters.sms.simulator import TwilioSimulator
from gateway.access.gate import Problem
from gateway.demo.people import ADA, SHOP, WORKSPACE

PICTURE = Path(__file__).parent / "shop" / "lamp.png"


@dataclass(frozen=True, slots=True)
class Said:
    """One message as Ada sees it. `place` is "phone", "mail" or "slack", `who` "ada", "shop" or
    "colleague"."""

    place: str
    id: str
    who: str
    name: str
    text: str
    at: datetime
    detail: Mapping[str, object] = field(default_factory=dict)


def _said(place: str, one: MailCrossing | SlackCrossing, text: str, **detail: object) -> Said:
    ada = one.direction == "in"
    who, name = ("ada", ADA.name) if ada else ("shop", SHOP.name)
    return Said(place, one.id, who, name, text, one.at, detail)


class Phone:
    """Ada's phone."""

    def __init__(self, network: TwilioSimulator) -> None:
        self._network = network

    def said(self) -> Sequence[Said]:
        """Her thread with the shop."""
        return [
            Said(
                "phone",
                one.id,
                "ada" if one.direction == "in" else "shop",
                ADA.name if one.direction == "in" else SHOP.name,
                one.text,
                one.at,
            )
            for one in self._network.wire
            if one.phone == ADA.phone
        ]

    async def write(self, text: str) -> None:
        """Send a text. Raises `Problem` when the gateway does not take it."""
        try:
            await self._network.text(ADA.phone, text)
        except RuntimeError as error:
            raise Problem(502, "The text was not taken.", where=str(error)) from None


class Mailbox:
    """Ada's mail client."""

    def __init__(self, service: MailSimulator) -> None:
        self._service = service
        self._shown: list[Said] = []
        self._seen = 0

    def said(self) -> Sequence[Said]:
        """Her mails with the shop; each is taken apart once."""
        wire = self._service.wire
        for one in wire[self._seen :]:
            if one.address.lower() == ADA.mail:
                self._shown.append(_mail_said(one))
        self._seen = len(wire)
        return self._shown

    async def write(
        self, text: str, subject: str | None, thread: str | None, *, picture: bool = False
    ) -> None:
        """Send a new mail, or with `thread` answer the shop's last mail in that thread."""
        answered = next((one for one in reversed(self._mails(thread))), None) if thread else None
        topic = subject or self._subject(thread)
        files = [("lamp.png", "image/png", PICTURE.read_bytes())] if picture else []
        await self._service.write(
            ADA.mail, text, subject=topic, reply_to=answered, name=ADA.name, attachments=files
        )

    def _mails(self, thread: str | None) -> list[MailCrossing]:
        """The shop's mails of a thread."""
        ours = {one.id for one in self.said() if one.detail["thread"] == thread}
        return [one for one in self._service.mails_to(ADA.mail) if one.id in ours]

    def _subject(self, thread: str | None) -> str:
        first = next((one for one in self.said() if one.detail["thread"] == thread), None)
        return "A question" if first is None else str(first.detail["subject"])


def _mail_said(one: MailCrossing) -> Said:
    mail = message_from_bytes(one.raw, policy=policy.default)
    # RFC 5322, section 3.6.4: the thread's first mail is the first of its references.
    earlier = str(mail["References"] or mail["In-Reply-To"] or "").split()
    files = [part.get_filename() or "file" for part in mail.iter_attachments()]
    thread = earlier[0] if earlier else one.id
    return _said("mail", one, one.text, thread=thread, subject=one.subject, files=files)


class Workplace:
    """Ada's Slack: her direct messages with the shop's app, and a channel where others read."""

    def __init__(self, slack: SlackSimulator) -> None:
        self._slack = slack

    def said(self) -> Sequence[Said]:
        """The posts of both, in order."""
        return [_post_said(one) for one in self._slack.wire if one.channel in _ROOMS]

    async def write(self, text: str, room: str) -> None:
        """Write to the app ("dm"), or in the channel ("help"), where the app is called by name."""
        channel = None if room == "dm" else WORKSPACE.channel
        words = text if channel is None else f"@{BOT_NAME} {text}"
        try:
            await self._slack.write(ADA.slack, words, channel=channel)
        except RuntimeError as error:
            raise Problem(502, "The message was not taken.", where=str(error)) from None

    async def click(self, post: str, value: str) -> None:
        """Press a button under a post of the app's."""
        found = next((one for one in self._slack.wire if one.id == post), None)
        if found is None:
            raise Problem(404, "There is no such message.", where="body: post")
        try:
            await self._slack.click(ADA.slack, found, value)
        except (LookupError, RuntimeError) as error:
            raise Problem(409, "The button was not taken.", where=str(error)) from None


_ROOMS = {f"D{ADA.slack}": "dm", WORKSPACE.channel: "help"}


def _post_said(one: SlackCrossing) -> Said:
    room = _ROOMS[one.channel]
    called = one.direction == "in" and room == "help"
    text = f"@{SHOP.name} {one.text}" if called else one.text
    detail = {"room": room, "thread": one.thread_ts or None, "buttons": _buttons(one)}
    if one.direction == "in" and one.user != ADA.slack:
        return Said("slack", one.id, "colleague", "A colleague", text, one.at, detail)
    return _said("slack", one, text, **detail)


def _buttons(one: SlackCrossing) -> list[Mapping[str, str]]:
    return [
        {"label": element["text"]["text"], "value": element["value"]}
        for block in one.blocks
        for element in block.get("elements", ())
        if element.get("type") == "button"
    ]
