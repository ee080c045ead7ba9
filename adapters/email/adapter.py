"""E-mail: mails in by IMAP or by webhook, mails out by SMTP.

It reads, composes and hands in. Customers, order, retries and who may be answered are others'
concern.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import structlog

from adapters.email.config import EmailConfig
from adapters.email.diagnosis import diagnose
from adapters.email.dns_records import system_look_up
from adapters.email.oauth import AccessTokens
from adapters.email.receiving.event_ids import event_id_of
from adapters.email.receiving.imap import MailboxReader
from adapters.email.receiving.imap_batches import Readers
from adapters.email.receiving.inbound import park, translate
from adapters.email.receiving.reading import Reading
from adapters.email.receiving.webhook import check_sender, raw_mail
from adapters.email.sending.compose import Composed, File, Letter, Unsendable, bare_address, compose
from adapters.email.sending.dkim import signer_of
from adapters.email.sending.smtp import SmtpSender
from adapters.email.tokens import LIFE, ThreadRef, Tokens, conversation_id
from core.channel import (
    AdapterContext,
    Capabilities,
    Received,
    Refused,
    SendError,
    TextFormat,
    Transport,
    WebhookRequest,
)
from core.channel_abilities import Finding, Health, Opening, Sink
from core.message import Author, OutboundMessage, OutboundPart, RenderedPart, SendReceipt
from core.rendering import renderer

log = structlog.get_logger(__name__)

_SHOWN = Capabilities(transport=Transport.PULL, text_format=TextFormat.HTML, attachments_out=True)
_MOST_LOST = 10_000


class EmailAdapter:
    """One mailbox with its address."""

    def __init__(self, config: EmailConfig, context: AdapterContext) -> None:
        self._config = config
        self._context = context
        secrets = (config.secret, config.secret_next)
        self._tokens = Tokens(
            context.account, *(one.get_secret_value() for one in secrets if one is not None)
        )
        self._reading = _reading(config, context.account)
        self._signer = signer_of(config)
        self._render = renderer(_SHOWN)
        oauth = config.oauth
        self._access = access = (
            None if oauth is None else AccessTokens(oauth, context.now, config.timeout_seconds)
        )
        self._smtp = SmtpSender(config, access)
        readers = Readers(self._read, self._too_big, self._withheld)
        self._reader = (
            None
            if config.imap is None
            else MailboxReader(config, config.imap, context, access, readers)
        )
        self._lost: OrderedDict[str, None] = OrderedDict()

    async def start(self, sink: Sink) -> None:
        """Begin to read the mailbox, if mail is fetched at all."""
        if self._reader is not None:
            self._reader.start(sink)

    async def stop(self) -> None:
        """Stop reading the mailbox."""
        if self._reader is not None:
            await self._reader.stop()

    async def receive(self, route: str, request: WebhookRequest) -> Received:
        """Verify and translate one mail that is posted to us. Raises `Refused`."""
        secret = self._config.webhook_secret
        if secret is None:
            raise Refused(404, "this mailbox has no webhook_secret, so nothing is posted to it")
        check_sender(request, secret.get_secret_value(), self._context.now())
        return self._read(raw_mail(request, self._config.max_mail_bytes))

    def render(self, message: OutboundMessage) -> Sequence[RenderedPart]:
        """One mail: plain text and HTML of the same, choices as a numbered list, and the files."""
        return [_with_the_rest(part, message) for part in self._render(message)]

    async def send(self, part: OutboundPart) -> SendReceipt:
        """Hand in one mail. Raises `SendError`.

        After a lost answer the same mail may go once more: it has the same Message-ID, by which a
        mailbox can tell that it has it. A second lost answer is for a person.
        """
        mail = await self._composed(part)
        try:
            await self._smtp.send(mail)
        except SendError as error:
            if not error.ambiguous:
                raise
            if part.key in self._lost:
                raise SendError(
                    "The mail was handed in twice and the answer was lost both times; look "
                    "whether it arrived before it is sent again.",
                    ambiguous=True,
                ) from error
            self._lost[part.key] = None
            if len(self._lost) > _MOST_LOST:
                self._lost.popitem(last=False)
            raise
        return SendReceipt(part.key, detail={"message_id": mail.message_id})

    def address_of(self, to: str) -> Mapping[str, str]:
        """The reply address of a new thread with this person. Raises `ValueError`."""
        try:
            address = bare_address(to.strip()).lower()
        except Unsendable as error:
            raise ValueError(str(error)) from error
        conversation = conversation_id(self._context.account, "opened", self._context.new_id())
        until = self._context.now().date() + LIFE
        ref = ThreadRef(conversation, self._tokens.origin(address), until)
        return {"to": address, "from": self._config.address, **ref.fields()}

    async def opening(self, to: str) -> Opening:
        """A new thread with this person. Raises `ValueError`."""
        address = self.address_of(to)
        if address["to"] in self._config.own_addresses:
            raise ValueError("this address is our own")
        return Opening(address["thread"], address, self._config.answers_subject)

    async def health(self) -> Health:
        """Whether the mailbox is being read and the mail server takes our login."""
        trouble = None if self._reader is None else self._reader.trouble
        if trouble is not None:
            return Health(False, trouble)
        try:
            await self._smtp.check()
        except SendError as error:
            return Health(False, error.reason)
        return Health(True)

    async def diagnose(self) -> Sequence[Finding]:
        """Everything that has to be right at the provider and in the DNS. Raises nothing."""
        return await diagnose(
            self._config, self._access, self._smtp, system_look_up(), self._context.now
        )

    async def close(self) -> None:
        """Let go of connections."""
        await self.stop()
        await self._smtp.close()

    def _read(self, raw: bytes) -> Received:
        """What a mail says. A fault in reading it parks the mail and never holds up the next."""
        try:
            return translate(
                raw, reading=self._reading, tokens=self._tokens, now=self._context.now()
            )
        except Exception as error:
            log.exception("mail_not_read", account=self._context.account)
            reason = f"The mail could not be read ({type(error).__name__}); please report this."
            return self._parked(raw, "A mail", reason)

    def _too_big(self, headers: bytes, size: int) -> Received:
        mib = 1024 * 1024
        reason = (
            f"The mail has {size / mib:.1f} MiB, and max_mail_bytes allows "
            f"{self._config.max_mail_bytes / mib:.1f}; look at it in the mailbox. Only its headers "
            "are kept here."
        )
        return self._parked(headers, "A mail that is too large", reason)

    def _withheld(self, uid: int) -> Received:
        reason = (
            f"The IMAP server does not give this mail out (UID {uid}); look at it in the mailbox."
        )
        return self._parked(f"UID {uid}".encode(), "A mail that could not be fetched", reason)

    def _parked(self, raw: bytes, title: str, reason: str) -> Received:
        now = self._context.now()
        return park(raw, event_id_of(raw), title, reason, self._reading, now)

    async def _composed(self, part: OutboundPart) -> Composed:
        try:
            letter = await self._letter(part)
            mail = compose(letter, self._config, self._tokens, self._context.now())
        except Unsendable as error:
            raise SendError(str(error)) from error
        if self._signer is None:
            return mail
        # RSA in Python takes tens of milliseconds.
        return mail.carrying(await asyncio.to_thread(self._signer.signed, mail.raw))

    async def _letter(self, part: OutboundPart) -> Letter:
        payload = part.payload
        name = payload.get("author_name")
        return Letter(
            part.key,
            part.address,
            str(payload["text"]),
            str(payload["html"]),
            Author(str(payload.get("author", Author.BOT))),
            None if name is None else str(name),
            await self._files(payload.get("attachments")),
        )

    async def _files(self, listed: object) -> Sequence[File]:
        files = []
        for one in listed if isinstance(listed, list | tuple) else ():
            try:
                content = await self._context.read_file(str(one["reference"]))
            except LookupError as error:
                raise Unsendable(
                    "A file that goes along is no longer kept here; attach it again."
                ) from error
            files.append(File(str(one["name"]), str(one["media_type"]), content))
        return files


def _with_the_rest(part: RenderedPart, message: OutboundMessage) -> RenderedPart:
    payload = {
        **part.payload,
        "author": message.author.value,
        "author_name": message.author_name,
        "attachments": [
            {
                "name": one.name,
                "media_type": one.media_type,
                "reference": one.reference,
                "size": one.size,
            }
            for one in message.attachments
        ],
    }
    return RenderedPart(payload, part.notes)


def _reading(config: EmailConfig, account: str) -> Reading:
    return Reading(
        account=account,
        address=config.address,
        own=config.own_addresses,
        authserv_ids=frozenset(one.lower() for one in config.trusted_authserv_ids),
        form_senders=frozenset(config.form_senders),
        max_bytes=config.max_mail_bytes,
    )
