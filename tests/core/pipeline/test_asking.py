"""What a customer cannot tell is left out; what they say of another detail leaves nothing out."""

from __future__ import annotations

from core.message import Assurance
from tests.core.pipeline.shop import Talk


def test_who_lacks_another_detail_has_not_been_asked_in_vain() -> None:
    talk = Talk()
    assert talk.say("book a visit").asked == ("name",)
    assert talk.say("I don't have the order number here").asked == ("name",)
    assert "skip:name" not in talk.case.refused


def test_who_cannot_tell_what_was_asked_is_not_asked_again() -> None:
    talk = Talk()
    talk.say("i want to return my order")
    assert talk.say("I'm sorry, but I do not know").asked == ("size",)
    assert "skip:reason" in talk.case.refused


def test_a_number_that_was_asked_for_and_is_not_known_is_left_out() -> None:
    talk = Talk(level=Assurance.ASSERTED, proved=())
    talk.say("where is my order")
    talk.say("I do not have the order number")
    assert "skip:order_id" in talk.case.refused or talk.case.flow is None
