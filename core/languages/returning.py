"""The German, French and Spanish wording of coming back to a matter that was left.

Data only, as `core.answers.returning`, whose keys and words in braces they have.
"""

from __future__ import annotations

from collections.abc import Mapping

RETURNING_ANSWERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "de": {
        "resume": (
            "Jetzt zurück zum Thema: {title}.",
            "Und zum anderen Anliegen: {title}.",
            "Offen ist noch: {title}.",
            "Außerdem ging es noch um: {title}.",
        ),
        "still_about": (
            "Seitdem ist etwas Zeit vergangen. Geht es noch um: {title}?",
            "Wir waren stehen geblieben bei: {title}. Machen wir damit weiter?",
            "Soll ich das wieder aufnehmen: {title}?",
            "Möchten Sie damit weitermachen: {title}?",
        ),
    },
    "fr": {
        "resume": (
            "Revenons maintenant à ceci : {title}.",
            "Et pour l'autre demande : {title}.",
            "Il reste encore ceci : {title}.",
            "Nous parlions aussi de ceci : {title}.",
        ),
        "still_about": (
            "Un peu de temps a passé. S'agit-il toujours de ceci : {title} ?",
            "Nous en étions restés là : {title}. Continuons-nous ?",
            "Dois-je reprendre ceci : {title} ?",
            "Voulez-vous continuer avec ceci : {title} ?",
        ),
    },
    "es": {
        "resume": (
            "Volvamos ahora a esto: {title}.",
            "Y en cuanto a lo otro: {title}.",
            "Todavía queda esto: {title}.",
            "También hablábamos de esto: {title}.",
        ),
        "still_about": (
            "Ha pasado algo de tiempo. ¿Sigue tratándose de esto: {title}?",
            "Nos habíamos quedado aquí: {title}. ¿Seguimos con ello?",
            "¿Retomo esto: {title}?",
            "¿Quiere continuar con esto: {title}?",
        ),
    },
}
"""Language by its code -> variants by key."""
