"""The talk about who is writing, through all four stages, with effects as a test has them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.effects import AnswerAt, AskProof, Disown, MoveTo, ShowCode
from core.identity.rules import DEFAULT_RULES
from core.message import Assurance, Audience, Sensitivity
from core.playbook.model import Flow, Playbook, Slot
from core.turn import Decision, Fact
from tests.core.pipeline.shop import NOW, SHOP, Talk

JANE, PHONE = "email:jane@example.com", "phone:+447700900142"
SENT = {"ask-proof": {"outcome": "sent", "to": "jane@example.com"}}
RIGHT = {**SENT, "show-code": {"outcome": "proved", "to": JANE}}
CLAIM = "I wrote to you from jane@example.com"


def guarded(needs: Assurance = Assurance.PROVED) -> Playbook:
    """The shop, where a visit is only for those who are proved."""
    flows = {**SHOP.flows, "visit": replace(SHOP.flows["visit"], needs=needs)}
    return replace(SHOP, flows=flows, region="GB", version=f"guarded-{int(needs)}")


def test_a_claimed_address_gets_a_code_and_the_right_code_is_thanked_for() -> None:
    talk = Talk(results=RIGHT)
    assert talk.hear(CLAIM) == (
        "If that address can be reached, I have sent a code there. Type it here."
    )
    assert talk.effects == [AskProof(JANE)]
    assert talk.decisions[-1].expecting == "code:6"
    assert talk.hear("it says 123 456").startswith("Thank you, that is the right code")
    assert isinstance(talk.effects[-1], ShowCode)
    assert talk.decisions[-1].expecting is None


def test_whoever_wrote_before_and_does_not_say_from_where_is_asked() -> None:
    talk = Talk(results=RIGHT)
    assert "From which address" in talk.hear("can you see my e-mails?")
    talk.say("jane@example.com")
    assert talk.effects == [AskProof(JANE)]
    known = Talk(proved=("phone:+1", JANE))
    assert "From which address" not in known.hear("can you see my e-mails?")


def test_a_bare_address_in_answer_to_a_slot_is_no_claim() -> None:
    talk = Talk(results=RIGHT)
    talk.say("where is my order 1042")
    assert talk.hear("jane@example.com") == "I find no such order with these details."
    assert talk.effects == []


def test_a_proof_in_the_middle_of_a_flow_leaves_the_flow_its_counters_and_what_was_said() -> None:
    talk = Talk(results=RIGHT)
    assert talk.hear("book a visit, my name is Robin") == "Thanks, Robin. Which day suits you?"
    before = talk.case
    talk.say(CLAIM)
    assert replace(talk.case, proof=None) == before
    assert "day" in talk.hear("123456")
    assert talk.case.counters == before.counters
    assert (talk.case.flow, talk.case.asking) == ("visit", "day")
    assert talk.hear("tomorrow") == "See you tomorrow, Robin."


def test_other_talk_goes_on_while_a_code_is_open() -> None:
    talk = Talk(results=RIGHT)
    talk.say(CLAIM)
    assert talk.hear("when are you open?") == "We are open from 9 to 17 on weekdays."
    assert talk.hear("where is my order 1042").endswith("Which e-mail did you order with?")
    assert talk.decisions[-1].expecting == "code:6"
    assert talk.hear("123456").startswith("Thank you, that is the right code")


@pytest.mark.parametrize(
    ("outcome", "words", "expecting"),
    [
        ({"outcome": "wrong", "left": "2"}, "Tries left: 2.", "code:6"),
        ({"outcome": "spent"}, "no longer good", None),
        ({"outcome": "expired"}, "has run out", None),
        ({"outcome": "none"}, "not waiting for a code", None),
    ],
)
def test_a_code_that_is_not_right_is_answered_by_what_is_wrong(
    outcome: dict[str, str], words: str, expecting: str | None
) -> None:
    talk = Talk(results={**SENT, "show-code": outcome})
    talk.say(CLAIM)
    assert words in talk.hear("123456")
    assert talk.decisions[-1].expecting == expecting


def test_never_mind_drops_the_code() -> None:
    talk = Talk(results=SENT)
    talk.say(CLAIM)
    assert "no code" in talk.hear("never mind")
    assert talk.decisions[-1].expecting is None


def test_what_is_known_and_what_is_not_is_told_alike() -> None:
    words = {
        Talk(results=SENT).hear(f"I wrote to you from {one}")
        for one in ("jane@example.com", "nobody@example.com", "+44 7700 900142")
    }
    assert len(words) == 1


def test_a_flow_that_needs_a_proof_asks_for_an_address_and_goes_on_once_it_is_given() -> None:
    talk = Talk(playbook=guarded(), results=RIGHT)
    assert "From which address" in talk.hear("book a visit, my name is Robin")
    assert "sent a code" in talk.hear("jane@example.com")
    talk.level = Assurance.PROVED
    reply = talk.hear("123456")
    assert reply.startswith("Thank you, that is the right code.")
    assert reply.endswith("Which day suits you?")
    assert talk.hear("tomorrow") == "See you tomorrow, Robin."


def test_a_known_address_is_offered_masked_to_who_is_known_and_a_yes_sends_the_code() -> None:
    talk = Talk(playbook=guarded(), results=RIGHT, proved=("phone:+1", JANE))
    reply = talk.hear("book a visit")
    assert "j…@e….com" in reply
    assert "jane" not in reply
    talk.say("yes please")
    assert talk.effects == [AskProof(JANE)]


def test_nobody_below_the_level_of_history_is_offered_an_address() -> None:
    talk = Talk(playbook=guarded(), level=Assurance.ASSERTED, proved=("visitor:1", JANE))
    assert "…" not in talk.hear("book a visit")


def test_several_known_addresses_are_a_choice() -> None:
    keys = ("phone:+1", JANE, PHONE)
    for answer in ("2", "the second one", "0142", "the phone"):
        talk = Talk(playbook=guarded(), results=RIGHT, proved=keys)
        reply = talk.say("book a visit").reply
        assert reply is not None
        assert [one.label for one in reply.quick_replies] == ["j…@e….com", "…0142"]
        talk.say(answer)
        assert talk.effects == [AskProof(PHONE)], answer


def test_a_no_to_the_proof_ends_the_flow_that_needs_it() -> None:
    talk = Talk(playbook=guarded(), proved=("phone:+1", JANE))
    talk.say("book a visit")
    assert "no code" in talk.hear("no thanks")
    assert (talk.case.flow, talk.effects) == (None, [])


def test_a_proof_that_is_not_enough_calls_a_person_and_asks_for_no_second() -> None:
    talk = Talk(playbook=guarded(Assurance.LOGGED_IN), results=RIGHT)
    talk.say("book a visit")
    talk.say("jane@example.com")
    escalation = talk.say("123456").escalation
    assert escalation is not None
    assert escalation.rule == "unanswered"


def test_a_flow_that_waits_for_its_code_asks_for_no_other() -> None:
    talk = Talk(playbook=guarded(), results=SENT)
    talk.say(CLAIM)
    assert "I still need the code" in talk.hear("book a visit")
    assert talk.effects == [AskProof(JANE)]


def test_nothing_is_proved_where_others_read_along() -> None:
    talk = Talk(playbook=guarded(), results=SENT, audience=Audience.ROOM)
    talk.say(CLAIM)
    assert "read along" in talk.hear("book a visit")
    talk.say("text me instead")
    assert talk.effects == []


def test_not_me_is_answered_without_a_word_of_whom_we_meant() -> None:
    for outcome in ("parted", "nothing"):
        talk = Talk(results={"disown": {"outcome": outcome}}, proved=("phone:+1", JANE))
        talk.say("book a visit, my name is Robin")
        reply = talk.hear("Not me!")
        assert reply == "Thank you for telling me. I start afresh here and use nothing from before."
        assert talk.effects == [Disown()]
        assert talk.case.flow is None


def test_a_wrong_number_is_an_orders_once_one_was_spoken_of() -> None:
    talk = Talk(results={"disown": {"outcome": "parted"}})
    talk.say("where is my order 1042")
    talk.say("wrong number")
    assert talk.effects == []
    assert "start afresh" in Talk(results={"disown": {"outcome": "parted"}}).hear("wrong number")


def test_the_talk_moves_to_a_proved_handle_and_says_where() -> None:
    talk = Talk(
        channel="webchat",
        handle="login:ada",
        results={"move-to": {"outcome": "moved", "to": "…0142"}},
    )
    assert talk.hear("can you text me instead?") == (
        "I have written to you at …0142. Let us go on there."
    )
    assert talk.effects == [MoveTo("phone")]


def test_without_a_proved_handle_the_address_is_proved_first_and_then_the_talk_moves() -> None:
    talk = Talk(
        playbook=guarded(),
        handle="visitor:1",
        level=Assurance.ASSERTED,
        results={
            **RIGHT,
            f"move-to:phone:{PHONE}": {"outcome": "moved", "to": "…0142"},
            "move-to": {"outcome": "unproved"},
        },
    )
    assert "Which number" in talk.hear("text me instead")
    assert "sent a code" in talk.hear("07700 900142")
    assert "at …0142" in talk.hear("123456")
    assert talk.effects[-1] == MoveTo("phone", PHONE)


def test_of_several_numbers_one_is_chosen() -> None:
    other = "phone:+447700900777"
    talk = Talk(
        handle="login:ada",
        results={
            f"move-to:phone:{other}": {"outcome": "moved", "to": "…0777"},
            "move-to": {"outcome": "which", "targets": f"{PHONE} {other}"},
        },
    )
    reply = talk.say("text me instead").reply
    assert reply is not None
    assert [one.value for one in reply.quick_replies] == ["…0142", "…0777"]
    assert "…0777" in talk.hear("…0777")


def test_who_writes_by_text_already_is_not_moved_there() -> None:
    talk = Talk(channel="sms")
    talk.say("text me instead")
    assert talk.effects == []


def test_a_visitor_handed_to_people_is_asked_where_to_answer_and_proves_it_there() -> None:
    talk = Talk(
        playbook=guarded(),
        handle="visitor:1",
        level=Assurance.ASSERTED,
        proved=(),
        results={**RIGHT, "answer-at": {"outcome": "noted"}},
    )
    assert "Where may we answer you" in talk.hear("I want to talk to a person")
    assert "sent a code" in talk.hear("jane@example.com")
    assert talk.hear("123456") == "If you leave this chat, the answer goes to j…@e….com, too."
    assert talk.effects[-1] == AnswerAt(JANE)
    assert talk.hear("and now?") == "<a person has the case>"


def test_a_known_sender_is_not_asked_where_to_answer() -> None:
    assert "Where may we" not in Talk(proved=("phone:+1",)).hear("I want to talk to a person")


STREET = Slot(
    "street",
    "text",
    "street",
    ("Which street?",),
    offer=("Is it still {value}?",),
    cues=("street is",),
    remember=True,
    needs=Assurance.PROVED,
)
SECRET = replace(
    SHOP,
    version="secret-1",
    slots={**SHOP.slots, "street": STREET},
    flows={**SHOP.flows, "visit": Flow("visit", ("street",), found=("We come to {street}.",))},
)
"""The shop, which comes to its customers and needs a proof to say where."""


def told_a_street(talk: Talk) -> Decision:
    talk.say("book a visit")
    return talk.say("my street is Mill Lane 4")


def test_a_slot_that_needs_a_proof_is_not_repeated_below_it() -> None:
    low, high = (
        Talk(playbook=SECRET, level=one) for one in (Assurance.AUTHENTICATED, Assurance.PROVED)
    )
    for talk, shown in ((low, False), (high, True)):
        reply = told_a_street(talk).reply
        assert reply is not None
        assert ("Mill Lane" in reply.text) is shown


REMEMBERED = Fact("street", "Mill Lane 4", "m9", JANE, Assurance.PROVED, NOW)


@pytest.mark.parametrize(
    ("level", "channel", "offered"),
    [
        (Assurance.PROVED, "webchat", True),
        (Assurance.AUTHENTICATED, "webchat", False),
        (Assurance.PROVED, "sms", False),
    ],
)
def test_a_slot_that_needs_a_proof_is_offered_only_with_it_and_where_it_may_be_told(
    level: Assurance, channel: str, offered: bool
) -> None:
    talk = Talk(playbook=SECRET, level=level, channel=channel, facts=(REMEMBERED,))
    words = "Is it still Mill Lane 4?" if offered else "Which street?"
    assert talk.hear("book a visit") == words


def test_trap_10_what_is_confidential_is_not_told_by_text_message() -> None:
    talk = Talk(playbook=SECRET, channel="sms", level=Assurance.PROVED, proved=("phone:+1", JANE))
    reply = told_a_street(talk).reply
    assert reply is not None
    assert "Mill Lane" not in reply.text
    assert "by e-mail" in reply.text
    chat = told_a_street(Talk(playbook=SECRET, level=Assurance.PROVED)).reply
    assert chat is not None
    assert chat.sensitivity is Sensitivity.CONFIDENTIAL


def test_trap_10_an_order_may_be_told_by_text_message_unless_the_rules_forbid_it() -> None:
    talk = Talk(channel="sms", proved=("email:robin@example.com", "phone:+1"))
    assert "on its way" in talk.hear("where is my order 1042")
    strict = replace(DEFAULT_RULES, disclosure={"sms": "general"})
    talk = Talk(channel="sms", proved=("email:robin@example.com", "phone:+1"), rules=strict)
    reply = talk.hear("where is my order 1042")
    assert "on its way" not in reply
    assert "by e-mail" in reply
    talk.channel, talk.rules = "email", strict
    assert "on its way" in talk.hear("here I am")


def test_a_remembered_slot_that_needs_a_proof_becomes_a_fact_that_says_so() -> None:
    decision = told_a_street(Talk(playbook=SECRET))
    assert [(one.key, one.needs) for one in decision.facts] == [("street", Assurance.PROVED)]
