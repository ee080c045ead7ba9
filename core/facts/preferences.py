"""How a customer likes it: in which language, where, by which name, how addressed.

What they say of it outright, in English, German, French or Spanish, and what is known of it by now:
what the business verified before what the customer said. A wish for another channel is remembered
and moves nothing by itself. Pure; `core.facts.learning` says what is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from core.facts.known import best_of
from core.languages.features import words
from core.turn import Fact, Preferences

KEY, ATTRIBUTE = "preference:", "attribute:"
"""How the names begin of what they told, and of what the business's own systems tell."""


_NONE = Preferences()


class Wish(NamedTuple):
    """One thing said of it: "language", "channel", "name" or "form", and how."""

    name: str
    value: str


_TONGUES: Mapping[str, str] = {
    "english": "en", "englisch": "en", "anglais": "en", "inglés": "en", "ingles": "en",
    "german": "de", "deutsch": "de", "allemand": "de", "alemán": "de", "aleman": "de",
    "french": "fr", "französisch": "fr", "français": "fr", "francais": "fr", "francés": "fr",
    "spanish": "es", "spanisch": "es", "espagnol": "es", "español": "es", "espanol": "es",
}  # fmt: skip
_T = rf"(?P<value>{'|'.join(_TONGUES)})\b"
_LANGUAGE = re.compile(
    rf"\b(?:(?:please |can you |could you )(?:write|reply|answer|speak|respond)(?: to me| me)? "
    rf"in {_T.replace('value', 'v1')}|in {_T.replace('value', 'v2')},? please|"
    rf"(?:i prefer|i'd prefer|i would prefer) {_T.replace('value', 'v3')}|"
    rf"bitte (?:schreiben sie |antworten sie |antworte |schreib |weiter )?(?:mir )?auf "
    rf"{_T.replace('value', 'v4')}|auf {_T.replace('value', 'v5')},? bitte|"
    rf"en {_T.replace('value', 'v6')},? (?:s'il (?:vous|te) pla[îi]t|svp|por favor)|"
    rf"(?:écrivez|répondez|répondre|parlez)(?:-moi)? en {_T.replace('value', 'v7')}|"
    rf"(?:escr[íi]ba|resp[óo]nda|conteste|escr[íi]be|responde|contesta)(?:nme|me)? en "
    rf"{_T.replace('value', 'v8')}|por favor,? en {_T.replace('value', 'v9')})",
    re.I,
)
_CHANNEL: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "email",
        re.compile(
            r"\b(?:please (?:e-?mail me|write to me by e-?mail|contact me by e-?mail)|"
            r"(?:i prefer|i'd prefer|i would prefer) e-?mail|"
            r"bitte (?:(?:schreiben|antworten) sie )?(?:mir )?(?:nur )?(?:per|via) e-?mail|"
            r"(?:écrivez-moi|contactez-moi|répondez-moi) par (?:e-?mail|mail|courriel)|"
            r"(?:escríbanme|escríbame|contácteme|escríbeme) (?:por|al) (?:correo|e-?mail))\b",
            re.I,
        ),
    ),
    (
        "phone",
        re.compile(
            r"\b(?:please (?:text me|send me (?:a text|texts|an sms)|contact me by (?:sms|text))|"
            r"(?:i prefer|i'd prefer|i would prefer) (?:sms|texts?|text messages)|"
            r"bitte (?:(?:schreiben|antworten) sie )?(?:mir )?(?:nur )?per sms|"
            r"(?:écrivez-moi|contactez-moi|répondez-moi) par sms|"
            r"(?:escríbanme|escríbame|contácteme|escríbeme) por sms)\b",
            re.I,
        ),
    ),
)
_WORD = r"[A-ZÀ-ÖØ-Þ][^\W\d_]+(?:[-'’][^\W\d_]+)?"
_NAME = re.compile(
    r"(?:\b(?:[Mm]y (?:full )?name is|[Pp]lease call me|[Yy]ou can call me|[Mm]ein Name ist|"
    r"[Ii]ch heiße|[Ii]ch heisse|[Nn]ennen Sie mich(?: bitte)?|[Jj]e m['’]appelle|"
    r"[Mm]on nom est|[Aa]ppelez-moi|[Mm]e llamo|[Mm]i nombre es|[Ll]lámeme|[Ll]lámame)\s+)"
    rf"(?P<value>{_WORD}(?: (?:(?:de|van|von|der|da|del|la|le) )*{_WORD}){{0,3}})"
    r"(?!\s+(?:removed|and not)\b)(?![\w@])"
)
_FORM: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "informal",
        re.compile(
            r"\b(?:(?:du kannst|sie können|ihr könnt) (?:mich )?(?:ruhig |gerne? )?(?:mich )?"
            r"(?:duzen|du (?:zu mir )?sagen)|(?:sag|sagen sie) (?:ruhig |gerne? )?du\b|"
            r"(?:on peut|vous pouvez|tu peux) (?:se tutoyer|me tutoyer)|tutoyez-moi|"
            r"(?:puedes|puede) tutearme|tut[ée]ame|t[úu]teme|"
            r"(?:please )?(?:just )?use my first name|first names? (?:is|are) fine)",
            re.I,
        ),
    ),
    (
        "formal",
        re.compile(
            r"\b(?:bitte (?:siezen sie mich|nicht duzen|per sie)|ich möchte gesiezt werden|"
            r"vouvoyez-moi|ne me tutoyez pas|(?:tr[áa]teme|h[áa]bleme) de usted|"
            r"no me tutee)\b",
            re.I,
        ),
    ),
)
_CUES = frozenset(
    """
    please prefer bitte auf name nom nombre appelle appelez heiße heisse nennen llamo llámeme
    llámame
    écrivez répondez répondre parlez contactez escríbanme escríbame escríbeme contácteme escriba
    escríba escriban responda conteste escribe escríbe responde contesta speak write reply answer
    respond plaît plait svp favor duzen du gesiezt tutoyer tutoyez vouvoyez tutearme tutéame tuteame
    túteme tuteme tutee usted use names call
    """.split()
)
"""What no wish can be without one of: most messages have none of them."""


def find_wishes(text: str) -> tuple[Wish, ...]:
    """What a text says of how its writer likes it; of two words about one thing, the last."""
    if _CUES.isdisjoint(words(text)):
        return ()
    found: dict[str, str] = {}
    for one in _LANGUAGE.finditer(text):
        found["language"] = _TONGUES[next(filter(None, one.groups())).lower()]
    for name, patterns in (("channel", _CHANNEL), ("form", _FORM)):
        last = max(
            ((hit.start(), value) for value, one in patterns for hit in one.finditer(text)),
            default=None,
        )
        if last is not None:
            found[name] = last[1]
    for one in _NAME.finditer(text):
        found["name"] = one["value"]
    return tuple(Wish(name, value) for name, value in found.items())


def preferences_of(facts: Iterable[Fact]) -> Preferences:
    """What is known of it: what people corrected and the business verified, before what the
    customer said, and that before what a system merely claims."""
    known = tuple(one for one in facts if one.key.startswith((KEY, ATTRIBUTE)))
    if not known:
        return _NONE
    chosen: dict[str, str] = {}
    for name in ("language", "channel", "name", "form"):
        told, held = best_of(known, f"{KEY}{name}"), best_of(known, f"{ATTRIBUTE}{name}")
        verified = (one for one in (held, told) if one is not None and one.verified)
        best = next(verified, told or held)
        if best is not None:
            chosen[name] = best.value
    return Preferences(**chosen)
