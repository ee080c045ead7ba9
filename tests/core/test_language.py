"""In which language a text and a turn are: what is clear, and what is honestly not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.languages.small_words import LETTERS, SCRIPTS, WORDS
from core.languages.telling import language_of, turn_language
from core.message import Assurance, Audience, Author
from core.playbook.model import Playbook, Rule
from core.turn import CaseState, Fact, Preferences, Recall, Said, Sender, TurnInput
from gateway.demo.settings import PLAYBOOK
from gateway.playbook.reader import load_playbook
from tests.core.pipeline.shop import SHOP, Talk

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)

CLEAR = [
    ("en", "my card was charged twice"),
    ("en", "Hola! I mean hello, where is the jacket that I ordered?"),
    ("en", "roll a die for me, los angeles time"),
    ("de", "der reißverschluss ist gerissen"),
    ("de", "WANN BEKOMME ICH MEINE ERSTATTUNG"),
    ("de", "Hallo, ist R-10442 schon fertig? mail an jo@example.com"),
    ("fr", "j’ai oublié mon mot de passe"),
    ("fr", "vous avez d'autres tailles ?"),
    ("es", "quiero cambiar esta chaqueta"),
    ("es", "¿cuándo me van a reembolsar?"),
    ("pt", "quando vou receber o reembolso"),
    ("it", "vorrei cambiare questa giacca"),
    ("nl", "wanneer krijg ik mijn geld terug"),
    ("pl", "kiedy dostanę zwrot"),
    ("sv", "jag har glömt mitt lösenord"),
    ("tr", "param ne zaman iade edilecek"),
    ("cs", "kdy dostanu peníze zpět"),
    ("ro", "când primesc banii înapoi"),
    ("hu", "mikor kapom vissza a pénzem"),
    ("fi", "milloin saan rahani takaisin, missä se on"),
    ("ru", "когда вернут деньги за заказ"),
    ("uk", "коли повернуть мої гроші"),
    ("bg", "кога ще получа парите си"),
    ("el", "ξέχασα τον κωδικό μου"),
    ("ar", "متى سأحصل على نقودي"),
    ("fa", "رمز عبورم را فراموش کردم"),
    ("he", "שכחתי את הסיסמה"),
    ("hi", "मेरा पैसा कब वापस आएगा"),
    ("th", "ฉันลืมรหัสผ่าน"),
    ("zh", "我忘记密码了"),
    ("ja", "注文番号を忘れました"),
    ("ko", "비밀번호를 잊어버렸어요 1042"),
]

UNCLEAR = [
    "",
    "1042",
    "R-10442",
    "jo@example.com",
    "https://example.com/wo/ist/mein/paket",
    "Alexis",
    "ok",
    "no",
    "[card removed]",
    "🙂👍",
    "Where is my parcel? It should be here. Wo ist mein Paket? Es sollte schon hier sein.",
]


@pytest.mark.parametrize(("language", "text"), CLEAR)
def test_a_clear_text_has_its_language(language: str, text: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("text", UNCLEAR)
def test_a_short_or_mixed_text_has_none(text: str) -> None:
    assert language_of(text) is None


def test_what_customers_write_in_english_is_never_taken_for_another_language() -> None:
    texts = [one for intent in load_playbook(PLAYBOOK).intents for one in intent.examples]
    assert len(texts) > 50
    assert {language_of(one) for one in texts} <= {"en", None}


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_text_has_a_known_language_or_none(text: str) -> None:
    known = {*WORDS, *LETTERS.values(), *(code for code, _ in SCRIPTS), None}
    assert language_of(text) in known
    assert language_of(f"{text} 12345") == language_of(f"{text} 999")


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return load_playbook(PLAYBOOK)


def _said(text: str, author: Author = Author.CUSTOMER) -> Said:
    return Said(f"m-{text}", NOW, "sms", author, text, 5, "phone:+447700900142")


def _turn(
    text: str, *earlier: Said, wants: str | None = None, facts: tuple[Fact, ...] = ()
) -> TurnInput:
    return TurnInput(
        id="t",
        now=NOW,
        channel="sms",
        audience=Audience.ONE,
        sender=Sender("phone:+447700900142", Assurance.PROVED),
        messages=(_said(text),),
        case_id=None,
        case=CaseState(),
        recall=Recall(exchanges=earlier, facts=facts),
        preferences=Preferences(language=wants),
    )


def _told(key: str, value: str) -> Fact:
    return Fact(key, value, "m-1", "phone:+447700900142", Assurance.PROVED, NOW)


def test_the_language_of_a_turn_is_that_of_its_message(playbook: Playbook) -> None:
    turn = _turn("wo ist denn meine bestellung", _said("where is my order"), wants="fr")
    assert turn_language(turn, playbook) == "de"


def test_an_unclear_message_goes_by_the_newest_clear_one_of_the_customer(
    playbook: Playbook,
) -> None:
    earlier = (
        _said("where is my order please"),
        _said("ich möchte meine bestellung ändern"),
        _said("Which number does it have?", Author.BOT),
    )
    assert turn_language(_turn("1042", *earlier), playbook) == "de"


def test_where_nobody_wrote_clearly_what_is_known_of_them_tells(playbook: Playbook) -> None:
    assert turn_language(_turn("1042", wants="fr"), playbook) == "fr"
    assert turn_language(_turn("1042"), playbook) == playbook.language
    assert turn_language(_turn("1042"), replace(playbook, language="es")) == "es"


def test_a_wish_counts_more_than_the_language_it_is_told_in(playbook: Playbook) -> None:
    assert turn_language(_turn("Please reply in German, I need my order"), playbook) == "de"
    later = _turn("where is my order", wants="de", facts=(_told("preference:language", "de"),))
    assert turn_language(later, playbook) == "de"


def test_what_a_system_holds_counts_less_than_what_they_write(playbook: Playbook) -> None:
    turn = _turn("where is my order", wants="de", facts=(_told("attribute:language", "de"),))
    assert turn_language(turn, playbook) == "en"


def test_the_language_is_recorded_and_rules_know_it() -> None:
    german = Rule("german", 35, {"language": "de"}, {"escalate": True, "queue": "berlin"})
    talk = Talk(replace(SHOP, rules=(german,)))
    first = talk.say("where is my order").stages[0].output
    assert (first["language"], first.get("written")) == ("en", None)
    decision = talk.say("Wo ist denn meine Bestellung?")
    assert decision.escalation is not None and decision.escalation.queue == "berlin"
    assert decision.stages[0].output["language"] == "de"
    unclear = Talk().say("1042").stages[0].output
    assert (unclear["language"], unclear["written"]) == ("en", "unknown")
