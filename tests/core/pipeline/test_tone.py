"""Tone: what was written elsewhere is known, mails are letters, a frame stands round an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.answers.wording import variants
from core.message import Audience, Author
from core.pipeline.contracts import IntentGuess
from core.pipeline.response.articles import ArticleIndex
from core.pipeline.response.letter import lettered
from core.pipeline.response.stage import response_stage
from core.pipeline.state.stage import state_stage
from core.playbook.model import FREE, GUIDED, ModeRow, Rule
from core.turn import CaseState, Preferences, Recall, Said, TurnInput
from tests.core.pipeline.shop import ARTICLE, NOW, SHOP, Talk

WASHING = "how do i wash the shirt?"


BEGUN = CaseState(intent="washing")


def said(channel: str, author: Author = Author.CUSTOMER, text: str = "hello") -> Said:
    return Said(f"old-{channel}-{author}", NOW, channel, author, text, 3, "phone:+1")


def gone_on(text: str, case: CaseState = BEGUN) -> TurnInput:
    """A turn of who wrote by mail until now."""
    mail = Recall(exchanges=(said("email"),))
    return replace(Talk().turn(text), case_id="1", case=case, recall=mail)


def word(turn: TurnInput, playbook: object = SHOP) -> str:
    """What the response stage says to a turn that is understood as the washing."""
    assert isinstance(playbook, type(SHOP))
    step = state_stage(turn, IntentGuess("washing", 0.95, 0.9), playbook)
    assert step.guess is not None
    stage = response_stage(ArticleIndex(playbook.articles))
    return stage(turn, step.guess, step, playbook).text


def test_who_goes_on_elsewhere_hears_once_that_it_is_known() -> None:
    turn = gone_on(WASHING)
    assert word(turn).startswith("I have also read what you wrote to us by e-mail. Wash the shirt")
    answered = Recall(exchanges=(said("email"), said("webchat", Author.BOT)))
    assert word(replace(turn, recall=answered)).startswith("Wash the shirt")
    same = Recall(exchanges=(said("webchat"),))
    assert word(replace(turn, recall=same)).startswith("Wash the shirt")


@pytest.mark.parametrize("text", ["the blue one looked good", "well, fine by me", "hm, let me see"])
def test_that_it_is_known_is_never_all_that_is_said(text: str) -> None:
    guess = IntentGuess(None, 0.1, 0.0)
    case = CaseState(intent="washing", done=("visit",))
    turn = replace(
        Talk().turn(text), case_id="1", case=case, recall=Recall(exchanges=(said("email"),))
    )
    step = state_stage(turn, guess, SHOP)
    draft = response_stage(ArticleIndex(SHOP.articles))(turn, step.guess or guess, step, SHOP)
    known, _, rest = draft.text.partition(" by e-mail.")
    assert known == "I have also read what you wrote to us"
    assert rest.strip()


@pytest.mark.parametrize("text", ["thank you", "ok thanks, bye", "hello"])
def test_a_nod_is_only_nodded_to(text: str) -> None:
    assert "also read" not in word(gone_on(text))


def test_a_remark_gets_an_answer_beside_that() -> None:
    text = word(gone_on("the shirt is blue"))
    assert text.startswith("I have also read what you wrote to us by e-mail. ")
    assert len(text.split(". ")) > 1


def test_before_anything_was_begun_there_is_nothing_to_know() -> None:
    assert word(gone_on(WASHING, CaseState())).startswith("Wash the shirt")


def test_where_others_read_or_nothing_is_open_it_is_not_spoken_of() -> None:
    turn = gone_on(WASHING)
    assert word(replace(turn, audience=Audience.ROOM)).startswith("Wash the shirt")
    assert word(replace(turn, case_id=None)).startswith("Wash the shirt")


def test_a_first_mail_greets_by_name_and_ends_with_the_business() -> None:
    turn = replace(Talk(channel="email").turn(WASHING), preferences=Preferences(name="Ada"))
    text = word(turn)
    assert text.startswith("Hello Ada,\n\nWash the shirt")
    assert text.endswith("\n\nKind regards, Shirts")
    formal = replace(turn, preferences=Preferences(name="Dr Lin", form="formal"))
    assert word(formal).startswith("Dear Dr Lin,\n\n")


def test_a_later_mail_of_a_thread_greets_nobody() -> None:
    before = Recall(exchanges=(said("email", Author.BOT),))
    turn = replace(Talk(channel="email").turn(WASHING), recall=before)
    assert word(turn).startswith("Wash the shirt")


def test_no_letter_repeats_its_lines_in_a_case() -> None:
    talk = Talk(channel="email")
    texts = [talk.hear(text) for text in ("hello", WASHING, "when are you open", "thanks", "bye")]
    lines = [line for text in texts for line in text.split("\n\n")]
    assert len(lines) == len(set(lines))
    assert all(", Shirts" in text for text in texts)


def test_a_handover_by_mail_is_a_letter_too() -> None:
    text = Talk(channel="email").hear("I want to talk to a person")
    assert text.startswith("Hello,\n\n")
    assert text.endswith(", Shirts")


@pytest.mark.parametrize("channel", ["sms", "webchat", "slack"])
def test_other_channels_know_no_letters(channel: str) -> None:
    turn = Talk(channel=channel).turn("hello")
    assert lettered(turn, SHOP, "Good day.", ()) == "Good day."


@pytest.mark.parametrize("mode", [GUIDED, FREE])
def test_a_guided_answer_stands_in_a_frame(mode: str) -> None:
    playbook = replace(SHOP, modes=(ModeRow(mode, intents=("washing",)),))
    frame = variants(playbook, "guided")[0].partition("{")[0]
    text = word(Talk().turn(WASHING), playbook)
    assert text.startswith(f"{frame}Wash the shirt")
    assert ARTICLE.url in text


def test_a_text_message_has_a_frame_only_where_there_is_room() -> None:
    long = replace(ARTICLE, body="Wash the shirt at 30 degrees, " + "and gently, " * 14 + "please.")
    playbook = replace(SHOP, articles=(long,), modes=(ModeRow(GUIDED),))
    text = word(Talk(channel="sms").turn(WASHING), playbook)
    assert text.startswith("Wash the shirt")
    assert len(text) <= 300


def test_what_is_said_back_is_a_thing_and_no_sentence() -> None:
    talk = Talk()
    talk.say("i want to return my order")
    assert "torn sleeve" in talk.hear("torn sleeve")
    talk = Talk()
    talk.say("i want to return my order")
    assert "too tight" not in talk.hear("I find it too tight")


def test_a_question_of_the_rules_is_a_letter_too() -> None:
    rule = Rule("ask", 5, {"text_any_words": ["hmm"]}, {"ask": "purpose"})
    text = Talk(channel="email", playbook=replace(SHOP, rules=(rule,))).hear("hmm, the thing")
    assert text == "Hello,\n\nWhat can I do for you?\n\nKind regards, Shirts"
