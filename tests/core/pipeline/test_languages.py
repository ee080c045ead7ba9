"""In the customer's language: built-in words, a wording's, or one sentence and a person."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from core.answers.defaults import DEFAULT_ANSWERS
from core.answers.notices import HOLDS
from core.answers.wording import in_language, languages_of, spoken_to
from core.languages.english import WORDS
from core.languages.speeches import SPEECHES
from core.languages.telling import language_of
from core.languages.unspoken import NAMES, UNSPOKEN
from core.message import Author
from core.pipeline.reading.identity_phrases import is_not_me
from core.playbook.model import Action, Article, Flow, Playbook, Slot, Wording
from core.turn import Recall, Said
from tests.core.pipeline.shop import NOW, SHOP, Talk

_BRACED = re.compile(r"\{(\w+)\}")
OTHERS = [one for one in SPEECHES if one != "en"]

GERMAN = Wording(
    answers={"opening": ("Wir haben werktags von 9 bis 17 Uhr geöffnet.",)},
    slots={
        "order_id": Slot("order_id", "text", "Bestellnummer", ("Wie ist die Bestellnummer?",)),
        "email": Slot("email", "text", "E-Mail-Adresse", ("Mit welcher E-Mail-Adresse?",)),
    },
    flows={"order_status": Flow("order_status", (), ("Die Bestellung {order_id} ist {status}.",))},
    titles={"order_status": "den Stand einer Bestellung"},
)
BOTH = replace(SHOP, wordings={"de": GERMAN})


@pytest.mark.parametrize("language", OTHERS)
def test_each_language_has_all_that_the_english_words_have(language: str) -> None:
    own = SPEECHES[language]
    assert set(own.answers) == set(DEFAULT_ANSWERS)
    assert set(own.words) == set(WORDS)
    assert set(own.where) == set(SPEECHES["en"].where)
    assert set(own.by) == set(SPEECHES["en"].by)
    assert len(own.days) == 7


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("key", sorted(DEFAULT_ANSWERS))
def test_each_variant_has_braces_that_are_filled(language: str, key: str) -> None:
    known = {name for text in DEFAULT_ANSWERS[key] for name in _BRACED.findall(text)}
    texts = SPEECHES[language].answers[key]
    assert len(texts) == len(set(texts)) >= min(3, len(DEFAULT_ANSWERS[key]))
    for text in texts:
        assert set(_BRACED.findall(text)) <= known
        assert set(HOLDS.get(key, ())) <= set(_BRACED.findall(text))


@pytest.mark.parametrize("language", OTHERS)
def test_what_one_objects_with_is_understood(language: str) -> None:
    assert all(map(is_not_me, SPEECHES[language].answers["not_me"]))


def test_a_wording_answers_in_its_language_with_what_it_has_words_for() -> None:
    talk = Talk(playbook=BOTH, proved=("email:robin@example.com",))
    assert talk.hear("Wann haben Sie geöffnet? opening hours") == GERMAN.answers["opening"][0]
    assert talk.hear(
        "where is my order 1042? Ich warte schon so lange auf das Paket, und es ist nicht da"
    ) == ("Die Bestellung 1042 ist on its way.")
    assert talk.hear("when are you open") == SHOP.answers["opening"][0]


def test_a_question_is_asked_in_the_language_of_the_earlier_messages() -> None:
    talk = Talk(playbook=BOTH)
    earlier = Said("m", NOW, "webchat", Author.CUSTOMER, "Ich habe noch eine Frage", 5, talk.handle)
    turn = replace(talk.turn("order status please"), recall=Recall(exchanges=(earlier,)))
    # The message itself is clear, and goes before.
    assert spoken_to(turn, BOTH).language == "en"
    turn = replace(talk.turn("1042"), recall=Recall(exchanges=(earlier,)))
    assert spoken_to(turn, BOTH).language == "de"


def test_a_german_playbook_says_nothing_in_english() -> None:
    german = replace(SHOP, language="de", answers={}, articles=())
    own = {text for texts in SPEECHES["de"].answers.values() for text in texts}
    english = {text for texts in DEFAULT_ANSWERS.values() for text in texts}
    talk = Talk(playbook=german)
    for text in ("hallo", "das ist eine Frechheit", "was ist das denn", "danke", "qwp zxv?", "ok"):
        reply = talk.hear(text)
        assert not any(one in reply for one in english - own), reply


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Guten Tag, ich möchte wissen, wo meine Bestellung ist"),
        ("fr", "Bonjour, je voudrais savoir où est ma commande"),
        ("es", "Hola, quiero saber dónde está mi pedido por favor"),
        ("it", "Buongiorno, vorrei sapere dove si trova il mio ordine"),
        ("pt", "Olá, gostaria de saber onde está a minha encomenda, não chegou"),
        ("nl", "Hallo, ik wil graag weten waar mijn bestelling is"),
        ("pl", "Dzień dobry, chciałbym wiedzieć, gdzie jest moje zamówienie"),
        ("tr", "Merhaba, siparişimin nerede olduğunu öğrenmek istiyorum"),
        ("ru", "Здравствуйте, где мой заказ? Я жду уже неделю"),
        ("uk", "Добрий день, де моє замовлення? Я чекаю вже тиждень"),
        ("ar", "مرحبا، أين طلبي؟"),
        ("zh", "你好，我的订单在哪里？"),
        ("ja", "こんにちは、私の注文はどこですか？"),
    ],
)
def test_whoever_writes_in_another_language_reads_a_sentence_in_it_and_gets_a_person(
    language: str, text: str
) -> None:
    talk = Talk()
    decision = talk.say(text)
    assert decision.reply is not None
    assert decision.reply.text.startswith(UNSPOKEN[language][0])
    assert decision.escalation is not None
    assert decision.escalation.rule == "language"
    assert NAMES[language] in decision.escalation.reason
    assert decision.held is None
    talk.in_handoff = False
    assert talk.hear(text).startswith(UNSPOKEN[language][1])


def test_what_was_told_for_a_slot_is_of_no_language() -> None:
    talk = Talk()
    talk.say("book a visit")
    decision = talk.say("Maria della Rosa")
    assert decision.escalation is None


@pytest.mark.parametrize("text", ["Jane Doe", "s 4", "hn 76 s 8", "shr 2589 com"])
def test_a_name_or_a_code_calls_nobody_for_its_language(text: str) -> None:
    escalation = Talk().say(text).escalation
    assert escalation is None or escalation.rule != "language"


def test_an_article_answers_in_its_own_language_only() -> None:
    german = Article(
        "waschen",
        "Hemden waschen",
        "https://shop.example/waschen",
        "Waschen Sie das Hemd bei 30 Grad.",
        ("waschen",),
        language="de",
    )
    playbook: Playbook = replace(BOTH, articles=(*SHOP.articles, german))
    assert "30 degrees" in Talk(playbook=playbook).hear("how do i wash the shirt?")
    assert languages_of(playbook) == ("en", "de")
    assert in_language(playbook, "fr") is playbook
    assert in_language(playbook, "de") is in_language(playbook, "de")


def test_a_text_that_is_lacking_is_said_in_built_in_words() -> None:
    german = in_language(BOTH, "de")
    assert german.slots["name"].ask[0] == "Eine Angabe brauche ich noch: name. Wie lautet sie?"
    assert german.flows["visit"].found == SHOP.flows["visit"].found


ASKED = {
    "de": ("Wo ist meine Bestellung 1042? Where is my order", "nein, die andere Bestellung"),
    "fr": ("Bonjour, où est ma commande 1042 ? where is my order", "non, l'autre commande"),
    "es": ("Hola, ¿dónde está mi pedido 1042? where is my order", "no, el otro pedido"),
}
LABELS = {"de": "Bestellnummer", "fr": "numéro de commande", "es": "número de pedido"}


@pytest.mark.parametrize("language", ASKED)
@pytest.mark.parametrize("named", [True, False])
def test_the_other_order_is_asked_for_in_each_language(language: str, named: bool) -> None:
    label = LABELS[language]
    order = Slot("order_id", "order", label, (f"{label}?",))
    wording = Wording(slots={"order_id": order}, answers={}, flows={}, titles={})
    talk = Talk(playbook=replace(SHOP, wordings={language: wording}), proved=())
    opening, other = ASKED[language]
    talk.say(opening)
    assert talk.case.slot("order_id") is not None
    reply = talk.hear(other if named else other.rsplit(" ", 1)[0])
    assert talk.case.slot("order_id") is None
    assert talk.decisions[-1].asked == ("order_id",), reply


@pytest.mark.parametrize("text", ["encore une autre question", "otra vez", "eine andere Frage"])
def test_another_question_is_no_other_order(text: str) -> None:
    talk = Talk(playbook=BOTH, proved=())
    talk.say(ASKED["de"][0])
    talk.say(text)
    assert talk.case.slot("order_id") is not None


@pytest.mark.parametrize("text", ["Danke!", "merci", "ich weiß es nicht", "un momento"])
def test_talk_in_another_language_is_no_name(text: str) -> None:
    talk = Talk(playbook=BOTH)
    talk.say("book a visit")
    talk.say(text)
    assert talk.case.slot("name") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("am nächsten Dienstag bitte", "2026-03-10"),
        ("mardi prochain, s'il vous plaît", "2026-03-10"),
        ("pasado mañana por favor", "2026-03-06"),
        ("in drei Tagen", "2026-03-07"),
    ],
)
def test_a_day_is_taken_in_each_language(text: str, told: str) -> None:
    talk = Talk(playbook=BOTH)
    talk.say("book a visit", "Kim")
    talk.say("Kim")
    talk.say(text)
    day = talk.case.slot("day")
    assert day is not None and day.normal == told


@pytest.mark.parametrize(
    "text", ["ich heiße Kim Sommer", "je m'appelle Kim Sommer", "me llamo Kim Sommer"]
)
def test_a_name_is_told_in_each_language(text: str) -> None:
    talk = Talk(playbook=BOTH)
    talk.say("book a visit")
    talk.say(text)
    name = talk.case.slot("name")
    assert name is not None and name.value == "Kim Sommer"


def test_a_detail_is_announced_by_what_it_is_called_in_another_language() -> None:
    reason = Slot("reason", "text", "Rückgabegrund", ("Warum?",))
    german = replace(GERMAN, slots={**GERMAN.slots, "reason": reason})
    talk = Talk(playbook=replace(SHOP, wordings={"de": german}))
    talk.say("i want to return my order")
    talk.say("Der Rückgabegrund ist zu klein")
    told = talk.case.slot("reason")
    assert told is not None and told.value == "zu klein"


def test_a_name_that_begins_like_a_verb_is_whole() -> None:
    talk = Talk()
    talk.say("book a visit")
    talk.say("my name Isabel")
    name = talk.case.slot("name")
    assert name is not None and name.value == "Isabel"


@pytest.mark.parametrize(
    "text", ["Necesito una cita", "Êtes-vous un robot ?", "rendez-vous demain"]
)
def test_a_short_message_tells_its_language(text: str) -> None:
    assert language_of(text) in ("es", "fr")


def test_what_is_about_to_be_done_is_read_out_in_the_customers_language() -> None:
    visit = Flow("visit", ("name", "day"), ("ok",), action="book")
    french = Wording(
        answers={},
        slots={
            "name": Slot("name", "text", "votre nom", ("Quel est votre nom ?",)),
            "day": Slot("day", "text", "jour", ("Quel jour ?",)),
        },
        flows={},
        titles={},
        actions={"book": Action("book", "votre visite")},
    )
    talk = Talk(
        playbook=replace(
            SHOP,
            flows={**SHOP.flows, "visit": visit},
            actions={"book": Action("book", "your visit", url="https://erp.shop.example/v")},
            wordings={"fr": french},
        )
    )
    talk.say("book a visit")
    talk.say("je m'appelle Kim")
    reply = talk.hear("je voudrais venir mardi prochain")
    assert "votre visite (votre nom : Kim, jour : mardi prochain)" in reply
