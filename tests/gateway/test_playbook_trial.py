"""A talk that is tried does nothing in earnest, and says what it left undone."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from core.effects import Act, AnswerAt, AskProof, Disown, LookUp, MoveTo, ShowCode
from core.message import Assurance
from core.pipeline.contracts import Effect
from core.playbook.model import Action, Playbook, Table
from core.turn import TurnInput
from gateway.playbook.trial import Who, _stand_in, try_talk
from gateway.stages.deciding import Deciding
from tests.core.pipeline.shop import NOW, SHOP, stages

ORDERS = Table(
    "orders",
    key=("order_id",),
    show=("status",),
    owner={"phone": "phone"},
    verify=("email",),
    rows=({"order_id": "1042", "phone": "+15550001111", "email": "a@x.test", "status": "sent"},),
)
BOOK: Playbook = replace(
    SHOP,
    tables={"orders": ORDERS},
    actions={"refund": Action("refund", "Refund", results=("amount_paid",))},
)
DONE: tuple[tuple[Effect, str, str], ...] = (
    (Act("refund", "k", {}, {}), "done", "“Refund” was not done; it is taken as if it had been."),
    (AskProof("email:a@x.test"), "sent", "No code was sent to email:a@x.test"),
    (Disown(), "nothing", "Nobody was parted"),
    (MoveTo("phone"), "cannot", "The talk was not moved"),
    (ShowCode("00"), "proved", "taken for the right code"),
    (AnswerAt("email:a@x.test"), "not tried", "No other address was noted"),
)


@pytest.mark.parametrize(("effect", "outcome", "words"), DONE)
def test_what_would_be_done_is_only_said(effect: Effect, outcome: str, words: str) -> None:
    result, note = _stand_in(effect, BOOK)
    assert result is not None
    assert result["outcome"] == outcome
    assert words in note


def test_the_results_of_an_action_are_there_to_be_named() -> None:
    result, _ = _stand_in(Act("refund", "k", {}, {}), BOOK)
    assert result == {"outcome": "done", "amount_paid": "(amount paid)"}


def test_a_row_is_found_by_its_owner_and_by_nobody_else() -> None:
    wanted = LookUp("orders", {"order_id": "1042"}, {}, ("phone:+15550001111",))
    assert _stand_in(wanted, BOOK)[0] == {"status": "sent"}
    assert _stand_in(replace(wanted, proved=()), BOOK)[0] is None


def test_every_kind_of_effect_has_a_stand_in() -> None:
    known = {type(one) for one, *_ in DONE} | {LookUp}
    others = [kind for kind in get_args(Effect) if kind not in known]
    for kind in others:
        made = object.__new__(kind)
        result, note = _stand_in(made, BOOK)
        assert result is not None and note, kind


@pytest.mark.parametrize(("level", "holds"), [(0, False), (1, False), (2, True), (3, True)])
def test_only_who_holds_an_address_writes_as_its_holder(level: int, holds: bool) -> None:
    seen: list[TurnInput] = []
    usual = stages()

    def intent(turn, playbook):  # type: ignore[no-untyped-def]
        seen.append(turn)
        return usual.intent(turn, playbook)

    who = Who("sms", "phone:+15550001111", Assurance(level))
    tried = try_talk(Deciding(SHOP, replace(usual, intent=intent)), who, ["hello"], NOW)
    assert len(tried) == 1
    assert (seen[0].sender.proved == ("phone:+15550001111",)) is holds


def test_a_secret_that_is_typed_in_a_talk_is_cleaned_before_it_is_shown() -> None:
    who = Who("webchat", "login:somebody")
    (tried,) = try_talk(Deciding(SHOP, stages()), who, ["my card is 4111 1111 1111 1111"], NOW)
    assert "4111" not in tried.text
