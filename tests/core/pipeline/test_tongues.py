"""Claims, wishes to go on elsewhere and "never mind" in German, French and Spanish, and what only
looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pipeline.reading.identity_phrases import claimed_address, wants_elsewhere
from core.pipeline.reading.phrases import is_cancellation

JANE, PHONE = "email:jane@example.com", "phone:+447700900142"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Ich habe Ihnen von jane@example.com geschrieben", JANE),
        ("Hallo, ich hab euch schon von jane@example.com aus geschrieben.", JANE),
        ("Ich schrieb Ihnen gestern von jane@example.com", JANE),
        ("Ich bin auch jane@example.com", JANE),
        ("Meine E-Mails kamen von jane@example.com", JANE),
        ("meine andere Nummer ist 07700 900142", PHONE),
        ("07700 900142, das bin auch ich", PHONE),
        ("Sie kennen mich als jane@example.com", JANE),
        ("Je vous ai écrit depuis jane@example.com", JANE),
        ("j'ai déjà écrit de mon adresse jane@example.com", JANE),
        ("C'est moi qui vous ai écrit avec jane@example.com", JANE),
        ("Mes mails viennent de jane@example.com", JANE),
        ("mon autre numéro est le 07700 900142", PHONE),
        ("jane@example.com, c'est aussi moi", JANE),
        ("Les escribí desde jane@example.com", JANE),
        ("Ya he escrito ayer desde mi correo jane@example.com", JANE),
        ("Soy quien les escribió desde jane@example.com", JANE),
        ("mi otro número es 07700 900142", PHONE),
        ("También soy jane@example.com", JANE),
        ("jane@example.com también soy yo", JANE),
    ],
)
def test_a_claim_is_heard_in_german_french_and_spanish(text: str, key: str) -> None:
    typed = claimed_address(text, "GB")
    assert typed is not None
    assert typed.key == key


@pytest.mark.parametrize(
    "text",
    [
        "Ich habe eine Mail von jane@example.com bekommen",
        "Ich habe nicht von jane@example.com geschrieben",
        "Ich habe nie von jane@example.com geschrieben",
        "Kann ich Ihnen von jane@example.com schreiben?",
        "Mein Mann, der von bob@example.com geschrieben hat, will es zurück",
        "Ich habe gesehen, dass mein Mann von bob@example.com geschrieben hat",
        "Meine Nummer ist 07700 900142",
        "Ich habe mit jane@example.com bestellt",
        "Bitte an jane@example.com schicken",
        "J'ai reçu un mail de jane@example.com",
        "Je ne vous ai pas écrit depuis jane@example.com",
        "J'ai écrit à propos de jane@example.com",
        "J'ai écrit à jane@example.com",
        "Mon mari vous a écrit depuis bob@example.com",
        "Puis-je vous écrire depuis jane@example.com ?",
        "J'ai commandé avec jane@example.com",
        "mon numéro est 07700 900142",
        "No escribí desde jane@example.com",
        "Mi marido escribió desde bob@example.com",
        "¿Puedo escribir desde jane@example.com?",
        "Recibí un correo de jane@example.com",
        "Escribí a jane@example.com",
        "Pedí con jane@example.com",
        "mi número es 07700 900142",
    ],
)
def test_what_only_names_an_address_is_no_claim_in_any_of_them(text: str) -> None:
    assert claimed_address(text, "GB") is None


def test_a_new_number_in_answer_to_the_question_for_one_is_no_claim_in_any_of_them() -> None:
    for text in ("meine neue Nummer ist", "mon autre numéro est", "mi otro número es"):
        assert claimed_address(f"{text} 07700 900142", "GB", "phone") is None, text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Schreiben Sie mir lieber per SMS", "phone"),
        ("Schicken Sie mir bitte eine SMS an 07700 900142", "phone"),
        ("Können wir per E-Mail weitermachen?", "email"),
        ("Können Sie mir das per Mail schicken?", "email"),
        ("Lieber per SMS, bitte", "phone"),
        ("Bitte in Slack", "slack"),
        ("Écrivez-moi plutôt par SMS", "phone"),
        ("Envoyez-moi un mail, s'il vous plaît", "email"),
        ("On peut continuer par mail ?", "email"),
        ("Je préfère continuer sur Slack", "slack"),
        ("Escríbame mejor por SMS", "phone"),
        ("Mándeme un SMS al 07700 900142, por favor", "phone"),
        ("¿Podemos seguir por correo?", "email"),
        ("¿Puede enviarme eso por correo electrónico?", "email"),
        ("Rufen Sie mich an", None),
        ("Schicken Sie mir die Rechnung per Mail", None),
        ("Schreiben Sie mir eine SMS, wenn es verschickt ist", None),
        ("Ich habe Ihnen eine Mail geschrieben", None),
        ("Wie kann ich Ihnen eine SMS schreiben?", None),
        ("Bitte eine SMS, sobald es da ist", None),
        ("Envoyez-moi la facture par mail", None),
        ("Envoyez-moi un SMS quand c'est expédié", None),
        ("Je vous ai envoyé un mail", None),
        ("Comment vous envoyer un mail ?", None),
        ("Appelez-moi", None),
        ("Envíeme la factura por correo", None),
        ("Mándeme un SMS cuando llegue", None),
        ("Les mandé un correo", None),
        ("Llámeme", None),
        ("por correo postal", None),
    ],
)
def test_a_wish_to_go_on_elsewhere_is_told_from_a_wish_for_a_thing_in_each(
    text: str, kind: str | None
) -> None:
    assert wants_elsewhere(text, "GB") == kind


@pytest.mark.parametrize(
    "text",
    [
        "Vergessen Sie es",
        "Ach, hat sich erledigt, danke",
        "schon gut",
        "Lassen Sie es, bitte",
        "Laissez tomber",
        "Finalement, j'ai changé d'avis",
        "ce n'est plus la peine, merci",
        "Olvídelo, gracias",
        "ya no hace falta",
        "Bueno, he cambiado de opinión",
    ],
)
def test_never_mind_is_understood_in_each(text: str) -> None:
    assert is_cancellation(text)


@pytest.mark.parametrize(
    "text",
    [
        "Vergessen Sie es nicht",
        "Vergessen Sie nicht die Rechnung",
        "egal",
        "Das ist mir egal",
        "Lassen Sie das Paket beim Nachbarn",
        "N'oubliez pas la facture",
        "Oubliez-vous ma commande ?",
        "peu importe",
        "Laissez-le devant la porte",
        "da igual",
        "no importa",
        "No lo olvide",
        "Déjelo en la puerta",
        "no hace falta firma?",
    ],
)
def test_what_only_sounds_like_never_mind_is_left_alone(text: str) -> None:
    assert not is_cancellation(text)


@given(st.text(alphabet=st.sampled_from("ich von je ai desde mi@.+1,?'\n"), max_size=300))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    assert wants_elsewhere(text, "GB") in (None, "phone", "email", "slack")
    typed = claimed_address(text, "GB")
    assert typed is None or text[typed.start : typed.end].strip()
