"""What a short message is in a conversation, in German, French and Spanish: beside the English
patterns of `core.pipeline.reading.phrases`, which asks both.

Where a word means another thing in English, it is left out.
"""

from __future__ import annotations

import re

YES = re.compile(
    r"\W*(?:ja+|jawohl|jo|genau|richtig|stimmt|gerne?|natürlich|klar|na klar|in ordnung|passt|"
    r"einverstanden|oui|ouais|d['’]accord|bien sûr|tout à fait|exact|c['’]est (?:bon|ça|juste)|"
    r"sí|si|claro(?: que sí)?|vale|de acuerdo|correcto|exacto|por supuesto|así es)"
    r"(?:\s*[,.!]*\s*(?:bitte|gerne?|danke|genau|das stimmt|s['’]il vous pla[îi]t|svp|merci|"
    r"por favor|gracias))*\W*",
    re.I,
)
"""A whole message that is a yes."""

NO = re.compile(
    r"\W*(?:nein|nee?|nö|lieber nicht|doch nicht|noch nicht|stimmt nicht|falsch|non|pas encore|"
    r"c['’]est faux|todavía no|aún no|no,? gracias|incorrecto)"
    r"(?:\s*[,.!]*\s*(?:bitte|danke|das (?:ist|stimmt) nicht|merci|gracias))*\W*",
    re.I,
)
"""A whole message that is a no."""

YES_START = re.compile(r"\W*(?:ja|jawohl|genau|oui|sí|d['’]accord)\b", re.I)
NO_START = re.compile(r"\W*(?:nein|nö|non)\b", re.I)

ASKS = re.compile(
    r"\W*(?:(?:und|aber|hallo|guten tag|bonjour|et|hola|buenas|y|pero)[ ,]+)*"
    r"(?:wo|wohin|woher|wann|wer|wem|warum|wieso|weshalb|wie(?:viele?)?|welche[rsmn]?|kann ich|"
    r"können sie|könnten sie|könnt ihr|gibt es|haben sie|hat|darf ich|muss ich|ist es|sind|"
    r"où|quand|comment|combien|pourquoi|quel(?:le)?s?|est-ce|qu['’]est-ce|puis-je|pouvez-vous|"
    r"avez-vous|y a-t-il|peut-on|"
    r"qué|cuándo|cómo|dónde|adónde|cuánt[oa]s?|cuál(?:es)?|quién|por qué|puedo|puede|pueden|"
    r"tienen|hay)\b\s+\w",
    re.I,
)
"""How a question begins."""

_NAMED = re.compile(
    "mensch|mitarbeiter|berater|ansprechpartner|kolleg|person|verbinden|jemand|humain|conseill|agent"
    "|responsable|hablar|humano|operador"
)
"""What must be there at all: a cheap look, since most messages have none of it."""

_HUMAN = re.compile(
    r"\bmit (?:(?:einem|einer|dem|der|ihrem|ihrer) )?(?:\w+ )?"
    r"(?:menschen|person|mitarbeiter(?:in)?|berater(?:in)?|kolleg(?:en|in))\b[^.?!]{0,20}"
    r"\b(?:sprechen|reden|schreiben|verbinden|chatten)\b|"
    r"\b(?:möchte|will|brauche|bitte|gern|geben sie mir) "
    r"(?:einen? )?(?:echten? |richtigen? )?(?:menschen|mitarbeiter(?:in)?|ansprechpartner)\b|"
    r"\bverbinden sie mich\b|\bkann mich (?:bitte )?jemand anrufen\b|"
    r"\b(?:parler|discuter|[ée]changer) (?:à|avec) (?:une?|votre) (?:vraie? )?"
    r"(?:personne|humain|conseill\w+|agent|responsable)\b|"
    r"\b(?:je (?:veux|voudrais)|donnez-moi|passez-moi) (?:une?|votre) (?:vraie? )?"
    r"(?:personne|humain|conseill\w+|agent|responsable)\b|"
    r"\bhablar con (?:una?|algún|alguna|el|su) (?:\w+ )?"
    r"(?:persona|agente|humano|encargad[oa]|responsable|operador[a]?|emplead[oa])\b|"
    r"\bhablar con alguien\b|\b(?:quiero|necesito|páseme con|póngame con) una? "
    r"(?:persona|agente|humano|operador[a]?)\b",
    re.I,
)
_REFUSED = re.compile(r"\b(?:nicht|kein\w*|ohne|pas|jamais|sans|no|nunca|sin)\b", re.I)
_CLAUSE = re.compile(r"[.?!;,\n]")


def asks_for_person(text: str) -> bool:
    """Whether the customer wants a person; who says that they do not is not taken for it."""
    lowered = text.lower()
    if _NAMED.search(lowered) is None:
        return False
    for clause in _CLAUSE.split(lowered):
        found = _HUMAN.search(clause)
        if found is not None and _REFUSED.search(clause[: found.end()]) is None:
            return True
    return False


NEGATIVE = re.compile(
    r"\b(?:unverschämt\w*|frechheit|lächerlich|wütend|stinksauer|schrecklich|katastroph\w*|"
    r"unmöglich von|saftladen|betrug|verarsch\w*|reicht mir|inacceptable|scandaleu\w*|furieu\w*|"
    r"ridicule|arnaque|honteux|n['’]importe quoi|en ai marre|ras le bol|inaceptable|indignad\w*|"
    r"furios\w*|vergonzos\w*|vergüenza|ridículo|estafa|harto de|harta de|una basura)\b",
    re.I,
)
"""Anger."""
