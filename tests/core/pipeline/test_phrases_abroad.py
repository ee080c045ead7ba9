"""Short messages in German, French and Spanish: yes, no, questions, anger, the wish for people."""

from __future__ import annotations

import pytest

from core.pipeline.reading.human_wish import asks_for_human
from core.pipeline.reading.phrases import (
    asks_for_help,
    asks_only_who_answers,
    courtesy,
    does_not_know,
    is_cancellation,
    is_chat,
    is_leaving,
    is_negative,
    is_question,
    is_request,
    is_waiting,
    leaning,
    yes_or_no,
)


@pytest.mark.parametrize(
    "text",
    [
        *("ja", "Ja, bitte!", "genau", "ja, machen Sie das", "das stimmt so"),
        *("Oui", "d'accord", "oui, allez-y", "c'est exact", "sí", "claro que sí", "sí, adelante"),
    ],
)
def test_a_yes_is_a_yes(text: str) -> None:
    assert yes_or_no(text) is True
    assert leaning(text) is True


@pytest.mark.parametrize(
    "text",
    [
        *("nein", "Nein danke", "nö", "das stimmt nicht", "Non merci", "pas encore"),
        *("non, pas du tout", "no, gracias", "mejor no"),
    ],
)
def test_a_no_is_a_no(text: str) -> None:
    assert yes_or_no(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "Wo ist mein Paket",
        "gibt es einen Laden in Köln",
        "où est ma commande",
        "cuánto cuesta esto",
    ],
)
def test_a_question_is_one_without_its_mark(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ich möchte mit einem Mitarbeiter sprechen",
        "kann ich bitte mit einem echten Menschen reden?",
        "Verbinden Sie mich bitte",
        "Je voudrais parler à une vraie personne",
        "passez-moi un conseiller",
        "quiero hablar con una persona",
        "Necesito un agente",
    ],
)
def test_the_wish_for_a_person_is_heard(text: str) -> None:
    assert asks_for_human(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ich möchte nicht mit einem Mitarbeiter sprechen",
        "je ne veux pas parler à une personne",
        "no quiero hablar con una persona",
        "Das ist für eine Person, die krank ist",
        "Le cadeau est pour une personne agée",
        "es para una persona mayor",
    ],
)
def test_who_does_not_ask_for_one_gets_none(text: str) -> None:
    assert not asks_for_human(text)


@pytest.mark.parametrize(
    "text", ["Das ist eine Frechheit", "c'est inacceptable", "esto es una estafa"]
)
def test_anger_is_heard(text: str) -> None:
    assert is_negative(text)


@pytest.mark.parametrize("text", ["danke, sehr nett", "merci beaucoup", "muchas gracias"])
def test_thanks_are_no_anger(text: str) -> None:
    assert not is_negative(text)
    assert yes_or_no(text) is None


@pytest.mark.parametrize(
    "text", ["Hallo!", "Guten Tag", "vielen Dank", "Moment bitte", "Bonsoir", "muchas gracias"]
)
def test_small_talk_is_no_value(text: str) -> None:
    assert is_chat(text)


@pytest.mark.parametrize("text", ["Ich schaue nach", "je regarde", "espere, lo busco", "attendez"])
def test_who_asks_for_time_says_nothing_yet(text: str) -> None:
    assert is_waiting(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Danke, das war alles", "thanks"),
        ("Das war's, auf Wiedersehen!", "goodbye"),
        ("Merci, c'est tout", "thanks"),
        ("Ce sera tout, bonne journée", "goodbye"),
        ("Gracias, eso es todo", "thanks"),
        ("Nada más, adiós", "goodbye"),
    ],
)
def test_who_needs_nothing_more_is_leaving(text: str, kind: str) -> None:
    assert courtesy(text) == kind
    assert is_leaving(text)


@pytest.mark.parametrize(
    "text",
    [
        "Danke, und könnten Sie mir noch die Rechnung schicken",
        "Merci, je voudrais aussi une facture",
        "Gracias, necesito también la factura",
    ],
)
def test_thanks_with_a_wish_end_nothing(text: str) -> None:
    assert courtesy(text) is None
    assert is_request(text)


@pytest.mark.parametrize(
    "text",
    [
        *("Das weiß ich nicht", "Die habe ich leider nicht", "ich habe die Nummer nicht"),
        *("keine Ahnung", "je ne sais pas", "je ne l'ai plus", "Désolé, j'ai oublié"),
        *("no lo sé", "lo siento, no tengo el número", "no me acuerdo"),
    ],
)
def test_who_cannot_tell_says_so(text: str) -> None:
    assert does_not_know(text)


@pytest.mark.parametrize(
    "text", ["Die Nummer ist 1042", "je sais que c'est 1042", "sé que es 1042"]
)
def test_who_can_tell_is_heard(text: str) -> None:
    assert not does_not_know(text)


@pytest.mark.parametrize(
    "text", ["Hilfe", "Ich brauche bitte Hilfe", "pouvez-vous m'aider ?", "necesito ayuda"]
)
def test_a_cry_for_help_says_not_with_what(text: str) -> None:
    assert asks_for_help(text)


@pytest.mark.parametrize(
    "text",
    [
        *("Sind Sie ein Bot?", "Spreche ich mit einem echten Menschen?", "êtes-vous un robot ?"),
        *(
            "je parle à une vraie personne ?",
            "¿Es usted un robot?",
            "hola, ¿hablo con una persona?",
        ),
    ],
)
def test_who_wonders_what_answers_is_told(text: str) -> None:
    assert asks_only_who_answers(text)


@pytest.mark.parametrize(
    "text", ["vergessen Sie es", "hat sich erledigt", "laissez tomber", "déjelo", "olvídelo"]
)
def test_who_gives_up_is_let_go(text: str) -> None:
    assert is_cancellation(text)
