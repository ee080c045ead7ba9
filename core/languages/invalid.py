"""The German, French and Spanish wording of why a detail is asked for again.

Data only, as `core.answers.invalid`, whose keys and words in braces they have.
"""

from __future__ import annotations

from collections.abc import Mapping

INVALID_ANSWERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "de": {
        "invalid_day": (
            "Diesen Tag gibt es im Kalender nicht.",
            "So einen Tag finde ich im Kalender leider nicht.",
            "Der Kalender kennt diesen Tag nicht.",
        ),
        "invalid_future": (
            "Dieser Tag ist schon vorbei.",
            "Das ist ein Tag in der Vergangenheit.",
            "Dieser Tag liegt schon hinter uns.",
        ),
        "invalid_past": (
            "Dieser Tag kommt erst noch.",
            "Das ist ein Tag in der Zukunft.",
            "Dieser Tag liegt noch vor uns.",
        ),
        "invalid_between": (
            "Möglich ist alles von {least} bis {most}.",
            "Es muss zwischen {least} und {most} liegen.",
            "Ich kann nur etwas von {least} bis {most} annehmen.",
        ),
        "invalid_least": (
            "Es müssen mindestens {least} sein.",
            "Weniger als {least} ist nicht möglich.",
            "Ich kann nur {least} oder mehr annehmen.",
        ),
        "invalid_most": (
            "Es können höchstens {most} sein.",
            "Mehr als {most} ist nicht möglich.",
            "Ich kann nur {most} oder weniger annehmen.",
        ),
        "invalid_short": (
            "Ein paar Worte mehr würden helfen.",
            "Bitte sagen Sie mir noch etwas mehr dazu.",
            "Das ist noch etwas knapp.",
        ),
        "invalid_long": (
            "Das ist mehr, als ich hier aufnehmen kann.",
            "Bitte fassen Sie es etwas kürzer.",
            "Das ist zu lang, um es weiterzugeben.",
        ),
        "invalid_expected": (
            "Gebraucht wird hier: {expected}.",
            "Richtig wäre: {expected}.",
            "Ich suche etwas wie: {expected}.",
        ),
        "invalid_shape": (
            "Das sieht noch nicht richtig aus.",
            "So kann ich es leider nicht lesen.",
            "Da hat sich wohl ein Fehler eingeschlichen.",
        ),
    },
    "fr": {
        "invalid_day": (
            "Ce jour n'existe pas dans le calendrier.",
            "Je ne trouve pas ce jour dans le calendrier.",
            "Le calendrier ne connaît pas ce jour.",
        ),
        "invalid_future": (
            "Ce jour est déjà passé.",
            "C'est un jour dans le passé.",
            "Ce jour est derrière nous.",
        ),
        "invalid_past": (
            "Ce jour n'est pas encore arrivé.",
            "C'est un jour à venir.",
            "Ce jour est encore devant nous.",
        ),
        "invalid_between": (
            "Tout est possible de {least} à {most}.",
            "Cela doit être compris entre {least} et {most}.",
            "Je ne peux accepter que de {least} à {most}.",
        ),
        "invalid_least": (
            "Il faut au moins {least}.",
            "Moins de {least} n'est pas possible.",
            "Je ne peux accepter que {least} ou plus.",
        ),
        "invalid_most": (
            "Le maximum est de {most}.",
            "Plus de {most} n'est pas possible.",
            "Je ne peux accepter que {most} ou moins.",
        ),
        "invalid_short": (
            "Quelques mots de plus seraient utiles.",
            "Dites-m'en un peu plus, s'il vous plaît.",
            "C'est encore un peu court.",
        ),
        "invalid_long": (
            "C'est plus que je ne peux noter ici.",
            "Dites-le en moins de mots, s'il vous plaît.",
            "C'est trop long pour être transmis.",
        ),
        "invalid_expected": (
            "Il faudrait ici : {expected}.",
            "Ce serait plutôt : {expected}.",
            "Ce que je cherche : {expected}.",
        ),
        "invalid_shape": (
            "Cela ne semble pas encore correct.",
            "Je n'arrive pas à lire cette information.",
            "Il y a sans doute une petite erreur.",
        ),
    },
    "es": {
        "invalid_day": (
            "Ese día no existe en el calendario.",
            "No encuentro ese día en el calendario.",
            "El calendario no tiene ese día.",
        ),
        "invalid_future": (
            "Ese día ya ha pasado.",
            "Es un día del pasado.",
            "Ese día ya queda atrás.",
        ),
        "invalid_past": (
            "Ese día todavía no ha llegado.",
            "Es un día del futuro.",
            "Ese día aún está por venir.",
        ),
        "invalid_between": (
            "Es posible de {least} a {most}.",
            "Tiene que estar entre {least} y {most}.",
            "Solo puedo aceptar de {least} a {most}.",
        ),
        "invalid_least": (
            "Tiene que ser al menos {least}.",
            "Menos de {least} no es posible.",
            "Solo puedo aceptar {least} o más.",
        ),
        "invalid_most": (
            "Como máximo puede ser {most}.",
            "Más de {most} no es posible.",
            "Solo puedo aceptar {most} o menos.",
        ),
        "invalid_short": (
            "Unas palabras más ayudarían.",
            "Cuénteme un poco más, por favor.",
            "Todavía es un poco breve.",
        ),
        "invalid_long": (
            "Es más de lo que puedo anotar aquí.",
            "Dígalo en menos palabras, por favor.",
            "Es demasiado largo para pasarlo.",
        ),
        "invalid_expected": (
            "Aquí hace falta: {expected}.",
            "Lo correcto sería: {expected}.",
            "Lo que busco es: {expected}.",
        ),
        "invalid_shape": (
            "Eso todavía no parece correcto.",
            "No consigo entender ese dato.",
            "Creo que hay un pequeño error.",
        ),
    },
}
"""Language by its code -> variants by key."""
