"""mail-devel, a mail server others wrote, speaks SMTP and IMAP with our adapter.

It offers IDLE and pushes late or nothing, so it also judges that mail is found by looking.
"""

from __future__ import annotations

import smtplib
import sys
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from adapters.email.adapter import EmailAdapter
from adapters.email.config import EmailConfig
from adapters.email.diagnosis import diagnose
from adapters.email.sending.smtp import SmtpSender
from core.channel_abilities import Gravity
from core.message import OutboundMessage, OutboundPart
from tests.adapters.email.mailbox import ACCOUNT, Taken, context_of
from tests.judges.servers import free_ports, running

pytestmark = pytest.mark.judges

US = "support@lampandloom.example"
PASSWORD = "a-password-of-the-tests"


class Judge:
    """The server with our adapter on it."""

    def __init__(self, config: EmailConfig) -> None:
        self.config = config
        self.adapter = EmailAdapter(config, context_of())
        self.taken = Taken()

    def write(self, text: str, number: str) -> None:
        """A customer hands a mail in."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "anna@example.org", US, "Lamp"
        mail["Message-ID"] = number
        mail.set_content(text)
        with smtplib.SMTP("127.0.0.1", self.config.smtp.port, timeout=10) as client:
            client.send_message(mail)


@pytest.fixture(name="judge")
async def _judge(tmp_path: Path) -> AsyncIterator[Judge]:
    imap, smtp, smtps = free_ports(3)
    command = [
        sys.executable, "-m", "mail_devel", "--host", "127.0.0.1", "--user", US, "--password",
        PASSWORD, "--no-http", "--imap-port", str(imap), "--smtp-port", str(smtp),
        "--smtps-port", str(smtps),
    ]  # fmt: skip
    options = {
        "address": US,
        "secret": "a-secret-of-the-tests-and-nothing-else",
        "imap_host": "127.0.0.1",
        "imap_port": imap,
        "imap_tls": "none",
        "imap_password": PASSWORD,
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp,
        "smtp_tls": "none",
        "poll_seconds": 0.5,
    }
    with running(command, [imap, smtp], tmp_path / "mail-devel.log"):
        judge = Judge(EmailConfig.model_validate(options))
        await judge.adapter.start(judge.taken.sink)
        try:
            yield judge
        finally:
            await judge.adapter.close()


async def test_mail_is_read_from_a_server_others_wrote(judge: Judge) -> None:
    judge.write("Where is my lamp, please? It was due.", "<1@example.org>")
    await judge.taken.until(lambda taken: taken.messages)
    judge.write("Are you there? I wrote this morning.", "<2@example.org>")
    await judge.taken.until(lambda taken: len(taken.messages) == 2)
    assert judge.taken.texts == [
        "Where is my lamp, please? It was due.",
        "Are you there? I wrote this morning.",
    ]


async def test_an_answer_is_handed_in_to_a_server_others_wrote(judge: Judge) -> None:
    judge.write("Where is my lamp, please? It was due.", "<1@example.org>")
    [message] = await judge.taken.until(lambda taken: taken.messages)
    [rendered] = judge.adapter.render(OutboundMessage("It is on its way — *tomorrow*."))
    part = OutboundPart("1", ACCOUNT, "email", message.reply_address, rendered.payload)
    await judge.adapter.send(part)
    # It keeps every mail in the one mailbox, so ours comes back as one from ourselves.
    own = await judge.taken.until(lambda taken: taken.messages[1:])
    assert own[0].needs_person is not None


async def test_the_doctor_finds_both_servers_in_order(judge: Judge) -> None:
    async def nothing(name: str) -> None:
        return None

    sender = SmtpSender(judge.config, None)
    findings = await diagnose(judge.config, None, sender, nothing, context_of().now)
    assert not [one for one in findings if one.gravity is Gravity.FAULT]
