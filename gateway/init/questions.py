"""What `onethread init` asks for each channel: the few options without which it cannot work.

Data, and what can be told from an adapter's own model. It neither asks nor judges; every other
option is described in `config.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from pydantic import BaseModel, SecretStr


@dataclass(frozen=True, slots=True)
class Question:
    """One option. An empty answer leaves it out; `without` asks only where that other one is.

    `like` proposes the answer to another question with the first words exchanged. `made` is made up
    when it is not given: it is a secret of ours, not of the provider's.
    """

    key: str
    ask: str
    made: bool = False
    without: str = ""
    like: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class ChannelQuestions:
    """What a channel needs, and what to have at hand for it."""

    intro: str
    questions: tuple[Question, ...]


QUESTIONS: Mapping[str, ChannelQuestions] = {
    "sms": ChannelQuestions(
        "From https://console.twilio.com you need the account's SID and auth token, and a number "
        "or a messaging service. The page docs/sms.md tells more.",
        (
            Question("account_sid", "Account SID (AC...)"),
            Question("auth_token", "Auth token"),
            Question("from_number", "Number that sends, as +15550100123 (or empty)"),
            Question(
                "messaging_service_sid", "Messaging service SID (MG...)", without="from_number"
            ),
        ),
    ),
    "email": ChannelQuestions(
        "You need a mailbox of its own, its password for apps, and the names of its servers. For "
        "Gmail and Microsoft 365 without a password see docs/email.md.",
        (
            Question("address", "Address of the mailbox"),
            Question("imap_host", "Server where mail is read (IMAP with TLS)"),
            Question("imap_password", "Password"),
            Question(
                "smtp_host",
                "Server where mail is sent (SMTP with TLS, port 465)",
                like=("imap_host", "imap.", "smtp."),
            ),
            Question(
                "trusted_authserv_ids",
                "Name under which your mail server tells who is genuine, as mx.google.com "
                "(empty: nobody is recognised by mail yet)",
            ),
            Question("secret", "Secret that signs reply addresses", made=True),
        ),
    ),
    "slack": ChannelQuestions(
        "You need an app in your workspace: docs/slack.md has the manifest to make it from.",
        (
            Question("signing_secret", "Signing secret (Basic Information)"),
            Question("bot_token", "Bot token (xoxb-..., OAuth & Permissions)"),
            Question("app_token", "App token for Socket Mode (xapp-..., or empty)"),
        ),
    ),
    "webchat": ChannelQuestions(
        "You need to know which pages will show the chat. The page docs/webchat.md has the lines "
        "to put there.",
        (
            Question("allowed_origins", "Pages, as https://shop.example.com (with commas)"),
            Question("secret", "Secret that signs the visits of browsers", made=True),
        ),
    ),
}


def is_secret(model: type[BaseModel], key: str) -> bool:
    """Whether the adapter itself keeps this option from being shown."""
    field = model.model_fields.get(key)
    return field is not None and _holds_secret(field.annotation)


def _holds_secret(kind: object) -> bool:
    return kind is SecretStr or any(_holds_secret(one) for one in get_args(kind))


def variable(account: str, key: str) -> str:
    """The environment variable of an account's option."""
    return f"ONETHREAD__ADAPTERS__{account}__{key}".upper()
