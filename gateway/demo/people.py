"""Who plays in the demo: Ada with all that she writes from, the shop, and what can be said.

People and numbers are made up; the numbers are from ranges that are never given out, the mail
domains from those that exist in examples only. Data, nothing that acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SMS, CHAT, MAIL, SLACK = "sms", "webchat", "email", "slack"
"""The demo's accounts, each called like its channel."""


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop as customers see it."""

    name: str = "Lamp & Loom"
    number: str = "+447700900000"
    address: str = "https://lampandloom.example"
    mail: str = "support@lampandloom.example"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Ada's workplace in Slack. It is trusted for the addresses of its own domain."""

    team: str = "T0EXAMPLE"
    name: str = "Example Co"
    domain: str = "example.com"
    channel: str = "C0HELP"
    channel_name: str = "help"


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of the shop, and what she writes from."""

    name: str
    phone: str
    login: str
    mail: str
    slack: str

    @property
    def phone_key(self) -> str:
        return f"phone:{self.phone}"

    @property
    def login_key(self) -> str:
        return f"login:{self.login}"

    @property
    def mail_key(self) -> str:
        return f"email:{self.mail}"

    @property
    def slack_key(self) -> str:
        return f"slack:{WORKSPACE.team}:{self.slack}"

    @property
    def keys(self) -> Mapping[str, str]:
        """The handle of each place she writes from."""
        return {
            "phone": self.phone_key,
            "mail": self.mail_key,
            "slack": self.slack_key,
            "web": self.login_key,
        }


SHOP = Shop()
WORKSPACE = Workspace()
ADA = Person("Ada", "+447700900142", "ada", "ada@example.com", "U0ADA")

OWNER = "demo"
"""The login of whoever sits before the demo: its owner."""

_NEWS = {"subject": "My order", "text": "Any news on my order?"}

SENTENCES: Mapping[str, object] = {
    "phone": ("Where is my order 1042?", "When are you open?", "How do I return something?"),
    "mail": (
        _NEWS,
        {"subject": "Returning a blanket", "text": "How do I return something?"},
        {
            "subject": "My lamp",
            "text": "My lamp arrived broken, see the picture. Can I talk to a human?",
            "label": "My lamp arrived broken (with a picture)",
            "picture": True,
        },
    ),
    "slack": {
        "dm": ("And when will it arrive?", "When are you open?"),
        "help": ("When are you open?", "Where is my order 1042?"),
    },
    "chat": ("Any news on my order?", "Can I talk to a human?", "What does delivery cost?"),
    "guide": {
        "ask": "Where is my order 1042?",
        "meet": _NEWS,
        "go_on": "And when will it arrive?",
        "yes": "Yes",
        "person": "Can I talk to a human?",
        "stranger": "Any news on my order?",
    },
}
"""What can be said with one click; `guide` are the sentences of the five steps."""


def spaced(number: str) -> str:
    """A British number as people write it: +44 7700 900142."""
    return f"{number[:3]} {number[3:7]} {number[7:]}"
