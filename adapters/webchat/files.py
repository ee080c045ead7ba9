"""Files of a thread: signed addresses at which one is sent or fetched, each good for a while.

An address says everything about its file, so that nothing has to be remembered; whoever has one
needs no other proof. What the bytes are is not looked at here, and where they are kept not known.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import jwt

from adapters.webchat.config import WebchatConfig
from adapters.webchat.protocol import UploadFrame
from core.channel import AdapterContext, Refused
from core.message import Assurance, Attachment, Handle, InboundMessage
from core.socket_channel import SocketSession

UPLOAD_LIFE = timedelta(minutes=5)
DOWNLOAD_LIFE = timedelta(hours=24)
"""How long an address is good, to begin an upload and to fetch a file."""

_UPLOAD = "onethread-webchat-upload"
_DOWNLOAD = "onethread-webchat-file"
_MEGABYTE = 1024 * 1024
_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class ChatFiles:
    """Makes and reads the addresses of one account."""

    config: WebchatConfig
    context: AdapterContext

    def offer(self, session: SocketSession, asked: UploadFrame) -> Mapping[str, object]:
        """Where this client may send this file. Raises `Refused`, in words for the visitor."""
        media_type = _type_of(asked)
        limit = self.config.upload_megabytes
        if not limit:
            raise Refused(403, "files cannot be sent here")
        if asked.size > limit * _MEGABYTE:
            raise Refused(413, f"a file may have {limit} MB at most")
        if not _is_among(media_type, self.config.upload_types):
            raise Refused(415, "files of this kind are not taken here")
        ticket = self._sign(
            _UPLOAD,
            UPLOAD_LIFE,
            conversation=session.conversation_key,
            kind=session.sender.kind,
            sub=session.sender.address,
            level=int(session.assurance),
            evidence=session.evidence,
            client_id=asked.client_id,
            name=asked.name.replace("\x00", ""),
            type=media_type,
            size=asked.size,
        )
        url = f"{self.context.webhook_base}/upload?ticket={ticket}"
        return {"type": "upload", "client_id": asked.client_id, "url": url}

    def read_upload(self, ticket: str) -> InboundMessage:
        """The message this upload is. Raises `Refused`."""
        said = self._read(_UPLOAD, ticket)
        key = said["conversation"]
        return InboundMessage(
            account=self.context.account,
            channel="webchat",
            event_id=f"{key}/{said['client_id']}",
            conversation_key=key,
            sender=Handle(said["kind"], said["sub"]),
            assurance=Assurance(said["level"]),
            evidence=said["evidence"],
            text="",
            reply_address={"conversation": key},
            sent_at=self.context.now(),
            attachments=(Attachment(said["name"], said["type"], "", said["size"]),),
            client_id=said["client_id"],
        )

    def read_download(self, ticket: str) -> Attachment:
        """Which file this is. Raises `Refused`."""
        said = self._read(_DOWNLOAD, ticket)
        return Attachment(said["name"], said["type"], said["ref"], said["size"])

    def shown(self, files: Sequence[Mapping[str, Any]]) -> list[Mapping[str, object]]:
        """The files of a message as its frame tells them, with an address each."""
        return [self._shown(one) for one in files if one.get("reference")]

    def _shown(self, one: Mapping[str, Any]) -> Mapping[str, object]:
        told = {"name": one["name"], "media_type": one["media_type"], "size": one.get("size")}
        ticket = self._sign(
            _DOWNLOAD,
            DOWNLOAD_LIFE,
            ref=one["reference"],
            name=one["name"],
            type=one["media_type"],
            size=one.get("size"),
        )
        name = quote(str(one["name"]), safe="")
        return {**told, "url": f"{self.context.webhook_base}/file/{name}?ticket={ticket}"}

    def _sign(self, issuer: str, life: timedelta, **said: object) -> str:
        expires = int((self.context.now() + life).timestamp())
        claims = {"iss": issuer, "aud": self.context.account, "exp": expires, **said}
        return jwt.encode(claims, self.config.secret.get_secret_value(), algorithm="HS256")

    def _read(self, issuer: str, ticket: str) -> Mapping[str, Any]:
        try:
            said: dict[str, Any] = jwt.decode(
                ticket,
                self.config.secret.get_secret_value(),
                algorithms=["HS256"],
                issuer=issuer,
                audience=self.context.account,
                options={"require": ["exp"], "verify_exp": False},
            )
        except jwt.PyJWTError:
            raise Refused(403, "this address is not one that was given out here") from None
        if datetime.fromtimestamp(said["exp"], UTC) <= self.context.now():
            raise Refused(410, "this address is not good any more; reload the page of the chat")
        return said


def _type_of(asked: UploadFrame) -> str:
    """What the browser says the file is, or else what its name says."""
    said = asked.media_type.partition(";")[0].strip().lower()
    return said or mimetypes.guess_type(asked.name)[0] or _UNKNOWN_TYPE


def _is_among(media_type: str, taken: Sequence[str]) -> bool:
    family = f"{media_type.partition('/')[0]}/*"
    return media_type in taken or family in taken
