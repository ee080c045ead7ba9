"""What is declared is proved, and what is proved is declared: the kit fails for either."""

from __future__ import annotations

from dataclasses import asdict, fields, replace

import pytest

from adapters.testing import Answer, Behaviour, Call, Site, prove
from adapters.testing.loopback import SPEC
from adapters.testing.rules_abilities import PROVED
from core.channel import Capabilities, TextFormat, WebhookRequest
from core.message import DeliveryStatus
from tests.adapters.testing.test_rejections import Quick, failures

pytestmark = pytest.mark.usefixtures("few_requests")

ELSEWHERE = {"transport", "text_limit", "overflow", "text_format", "reply_window_seconds"}
"""Fields that a rule of another module proves."""


class Silent(Quick):
    """It tells nothing that is not required."""

    def status(self, site: Site, provider_id: str, status: DeliveryStatus) -> WebhookRequest | None:
        return None

    def late(self, site: Site, call: Call) -> Answer:
        raise NotImplementedError("late")

    def reaches_only_the_sender(self, call: Call) -> bool:
        raise NotImplementedError("reaches_only_the_sender")

    def identity_of(self, call: Call) -> str:
        return ""

    def has_file(self, call: Call, content: bytes) -> bool:
        return False


class NeverLate(Quick):
    """It leaves out what is said of the window."""

    behaviours = frozenset(Behaviour) - {Behaviour.LATE}


def test_every_capability_has_a_rule() -> None:
    assert {one.name for one in fields(Capabilities)} == set(PROVED) | ELSEWHERE


@pytest.mark.parametrize(
    "name",
    [
        "threads",
        "attachments_in",
        "attachments_out",
        "delivery_status",
        "reconcile",
        "catch_up",
    ],
)
def test_what_is_done_and_not_declared_fails_by_its_name(name: str) -> None:
    shown = Capabilities(**(asdict(SPEC.capabilities) | {name: False}))
    found = [one.name for one in failures(Quick(spec=replace(SPEC, capabilities=shown)))]
    assert found == [f"{name} is not done undeclared"]


def test_what_is_declared_and_has_no_case_fails_by_its_name() -> None:
    found = [one.name for one in failures(Silent())]
    assert [one for one in found if one.endswith("is declared and proved")] == [
        f"{name} is declared and proved"
        for name in (
            "attachments_out",
            "delivery_status",
            "read_status",
            "reconcile",
            "private_reply",
            "idempotent_send",
        )
    ]


def test_typing_is_for_sockets_alone() -> None:
    shown = replace(SPEC.capabilities, typing=True)
    [found] = failures(Quick(spec=replace(SPEC, capabilities=shown)))
    assert found.name == "typing is declared and proved"


def test_a_reply_window_without_a_case_fails() -> None:
    [found] = failures(NeverLate())
    assert found.name == "an answer after the reply window fails for good"
    assert "late(site, call)" in found.why


def test_a_richer_form_than_is_rendered_fails() -> None:
    shown = replace(SPEC.capabilities, text_format=TextFormat.HTML)
    [found] = failures(Quick(spec=replace(SPEC, capabilities=shown)))
    assert found.name == "text_format is declared and proved"


def test_what_is_not_asked_says_why() -> None:
    skipped = {one.name: one.why for one in prove(Quick()) if one.result == "skipped"}
    assert skipped["typing is declared and proved"] == "typing is not declared"
    assert skipped["who comes back is known again"] == "it is no socket channel"
