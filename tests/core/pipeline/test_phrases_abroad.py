"""Short messages in German, French and Spanish: yes, no, questions, anger, the wish for people."""

from __future__ import annotations

import pytest

from core.pipeline.reading.human_wish import asks_for_human
from core.pipeline.reading.phrases import is_negative, is_question, leaning, yes_or_no


@pytest.mark.parametrize(
    "text", ["ja", "Ja, bitte!", "genau", "Oui", "d'accord", "sí", "claro que sí"]
)
def test_a_yes_is_a_yes(text: str) -> None:
    assert yes_or_no(text) is True
    assert leaning(text) is True


@pytest.mark.parametrize(
    "text", ["nein", "Nein danke", "nö", "Non merci", "no, gracias", "pas encore"]
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
