"""What values look like in running text: mail addresses, phones, dates, times, money, codes, names.

One pattern per kind of slot, whose group "value" (or whole match) is the value as it was told. It
knows no playbook and decides nothing about which slot a value belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.pipeline.reading.days_abroad import ANYWHERE

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_DAY_SHORT = r"(?:mon|tues?|wed|thurs?|thu|fri|sat)"
_NUMBER_WORD = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty)"
_ORDINAL = r"\d{1,2}(?:st|nd|rd|th)"
DATE = (
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{1,2}/\d{1,2}|"
    rf"{_MONTH}\.?,?\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+(?:of\s+)?\d{{4}})?|"
    rf"(?:the\s+)?\d{{1,2}}\s?(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(?:\d{{4}}|\d\d))?|"
    rf"(?:(?:next|this|coming|last|on)\s+)?(?:{_DAY}|{_DAY_SHORT}(?=\W*$))|"
    r"(?:the\s+)?day after tomorrow|(?:the\s+)?day before yesterday|tomorrow|today|tonight|"
    r"yesterday|(?:next|this|last)\s+(?:week(?:end)?|month|year)|"
    rf"(?:in\s+)?(?:\d+|{_NUMBER_WORD}|a|a few)\s+(?:days?|weeks?|months?)(?:\s+ago)?|"
    rf"(?:the\s+)?{_ORDINAL}"
)
CLOCK = (
    r"\d{1,2}(?::\d\d)?\s*(?:am|pm|a\.m\.?|p\.m\.?)(?!\w)|(?:[01]?\d|2[0-3]):[0-5]\d|"
    r"\d{1,2}\s*o'?\s?clock|\d{1,2}(?:[:.]\d\d)?\s?uhr(?!\w)|\d{1,2}h\d\d(?!\w)|"
    r"(?<=[àa] )\d{1,2}\s?h(?!\w)|"
    rf"{_NUMBER_WORD}\s*(?:am|pm|o'?\s?clock)|(?:half past|quarter (?:past|to))\s+\w+|"
    r"noon|midday|midnight|(?:in the\s+)?(?:early |late )?(?:morning|afternoon|evening)(?!\w)"
)
_MONEY = (
    r"(?:[$€£₹]|usd|eur|gbp|rs\.?|inr)\s?\d[\d,]*(?:\.\d{1,2})?k?|"
    r"\d[\d,]*(?:\.\d{1,2})?\s?(?:[$€£₹]|dollars?|euros?|pounds?|bucks|usd|eur|gbp|rupees|rs)(?!\w)"
)
_SPELLED = (
    r"(?:[a-z0-9]|zero|one|two|three|four|five|six|seven|eight|nine)"
    r"(?:[ .,-]{1,2}(?:[a-z0-9]|zero|one|two|three|four|five|six|seven|eight|nine)){3,}"
)
_CODE = r"#?(?=[a-z0-9-]*\d)(?!\d{1,2}(?:st|nd|rd|th)\b)[a-z0-9]+(?:-[a-z0-9]+)*"

SHAPES: Mapping[str, re.Pattern[str]] = {
    "email": re.compile(
        r"(?<![\w.+-])(?:[a-z0-9][\w.+-]*@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*\.[a-z]{2,}|"
        r"[a-z0-9][\w.+-]*\s?(?:\(at\)|\[at\]|\sat\s)\s?[a-z0-9-]+"
        r"(?:\s?(?:\(dot\)|\[dot\]|\sdot\s|\.)\s?[a-z0-9-]+){1,3})(?!\w)",
        re.I,
    ),
    "phone": re.compile(r"(?<![\w+#-])\+?(?:\(\d{2,5}\)[ -]?)?\d(?:[ ./()-]{0,2}\d){6,14}(?!\w)"),
    "date": re.compile(rf"(?<![\w/-])(?:{ANYWHERE}|{DATE})(?![\w/])", re.I),
    "time": re.compile(rf"(?<![\w:.])(?:{CLOCK})", re.I),
    "money": re.compile(rf"(?<!\w)(?:{_MONEY})", re.I),
    "number": re.compile(rf"(?<![\w.,/$€£-])(?:\d+(?:[.,]\d+)*|{_NUMBER_WORD})(?![\w/])", re.I),
    "order": re.compile(rf"(?<![\w@.-])(?:{_CODE})(?![\w@-])", re.I),
}
"""Kind of slot -> where such a value is in a text."""

RUN_TOGETHER_EMAIL = re.compile(
    r"(?<![\w@])(?:[a-z]{2,20}\s\d{1,4}\s[\w.+-]{0,40}|[\w.+-]{2,40})"
    r"(?:gmail|mail|yahoo|outlook|icloud|live|aol|gmx|proton)\s?(?:dot\s)?\.?(?:com|net|org|co|"
    r"de)(?!\w)",
    re.I,
)
"""A mail address without what makes one: "annaleegmailcom", "anna 65 gmail com"."""

SPELLED_CODE = re.compile(rf"(?<![\w'])(?:{_SPELLED})(?![\w'])", re.I)
"""A code told character by character: "a 3 f 6 h 8"."""

SPLIT_CODE = re.compile(
    r"(?<![\w'])(?!(?:is|no|id|nr|my|it|the|for|and|to|of|on|at|in|ac|its|was|are|code|ref|year|"
    r"may|june|july|jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec|ssn|pin|zip|car|date|day)\b)"
    r"[a-z]{2,4}\s\d{2,}(?![\w'])",
    re.I,
)
"""A code told in two pieces: "hth 656"."""

CODE_WORDS = (
    "order booking reservation tracking invoice case ticket reference confirmation ref".split()
)
"""What codes are called by."""

ORDER_CUE = re.compile(
    rf"\b(?P<cue>{'|'.join(CODE_WORDS)})"
    r"(?:\s+(?:number|no\.?|nr\.?|id|code|#))?\s*(?:is|was|:|=|-)?\s*#?\s*"
    rf"(?P<value>{_CODE})(?![\w@-])",
    re.I,
)

_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’-]*\.?"
NAME_CUE = re.compile(
    r"(?:\b(?:[Mm]y (?:full |first |last )?name(?: is|'s|:)?|[Nn]ame(?: is|'s|:)|"
    r"[Tt]his is|[Tt]he name is|(?P<it>[Ii]t'?s|[Ii]t is)|I am|I'm|[Cc]all me|"
    r"[Ii]ch (?:heiße|heisse|bin)|[Mm]ein Name ist|[Jj]e m['’]appelle|[Jj]e suis|[Mm]on nom est|"
    r"[Mm]e llamo|[Mm]i nombre es|[Ss]oy)\s+)"
    rf"(?P<value>{_CAPITAL}(?:\s+(?:(?:de|van|von|der|da|del|al|bin)\s+)*{_CAPITAL}){{0,3}})"
)
NAME_CUE_LOOSE = re.compile(
    r"\bmy (?:full |first |last )?name(?: is|'s|:)?\s+(?!is\b|on\b|in\b|and\b|was\b|from\b)"
    r"(?P<value>(?:mr|mrs|ms|dr)?\.?\s?[^\W\d_][\w'’-]*"
    r"(?:\s+(?-i:[A-Z])[\w'’-]*\.?|\s+[^\W\d_][\w'’-]*(?=\s*(?:[,.;!\n]|and\b|$)))?)",
    re.I,
)
CAPITALISED = re.compile(rf"(?<![\w@.])(?P<value>{_CAPITAL}(?:\s+{_CAPITAL}){{0,3}})")

NOT_NAMES = frozenset(
    """
    a an and are but can could do does hello hey hi how i i'd i'll i'm i've if in is it it's my no
    not of ok okay on order please sorry sure thank thanks that the then there this to um was we
    well what when where which who why will with would yes yeah you your monday tuesday wednesday
    thursday friday saturday sunday january february march april june july august september october
    november december today tomorrow looking trying calling writing having going not just also
    great perfect good bye goodbye alright actually correct right never nothing none
    unfortunately still waiting interested have had has do does did don't didn't need want would
    like any some from for in to at by about please thankyou nope yep yup any anything something
    help number info information everything everyone that's what's
    he she they we its his her their there here done fine good bad very really so too
    hallo guten tag morgen abend danke bitte ja nein ich wir mein meine das der die den ist nicht
    montag dienstag mittwoch donnerstag freitag samstag sonntag und wo wann wie was
    bonjour bonsoir merci oui non je nous mon ma le la les est pas c'est lundi mardi mercredi jeudi
    vendredi samedi dimanche quand comment svp
    hola buenos buenas gracias sí mi el los las es lunes martes miércoles jueves viernes sábado
    dónde cuándo cómo qué
    """.split()
)
"""Words that are not a name, though they may stand capitalised where one could."""

NO_CODE = frozenset(
    """
    a about actually after again all am and any apr are around as at aug back be before between
    both but by can code could dec do dr either else every feb for from get got has have here how i
    id if in is it its jan jul july jun june just last least like make mar may maybe me more most
    mr mrs ms my need next no not nov now number oct of off on only or order our out over please
    room s said say see sep so some still than that the then there these this those till to took
    try under until up us want was we were when will with would yes you your hm hmm uh um oh ok okay
    sure year
    """.split()
)
"""Words that are no first piece of a code, though a number follows: "actually 705"."""

LEAD_IN = re.compile(
    r"\W*(?:(?:ok(?:ay)?|sure(?: thing)?|yes|yeah|yep|of course|certainly|absolutely|well|oh|"
    r"sorry|um+|uh+|hi|hello|hey|no problem|right|alright|thanks?(?: you)?|please|no|so|and|"
    r"actually)\b[,.!: -]*)*"
    r"(?:(?:it(?:'s| is| was| would be| should be)|its|that(?:'s| is| would be|'d be)|"
    r"i(?:'m| am)|"
    r"(?:my|the|our|his|her|their)(?: [\w-]+){1,3}? (?:is|was|are|would be)(?: on)?|"
    r"this is|they are|here(?:'s| it is| you go| is)?|name is|make it|make that|let'?s say|"
    r"i(?:'d| would) (?:like|prefer)|i (?:want|need|prefer|think)|for|about|around|at|on|under|"
    r"say)\b[,.: ]*)*"
    r"(?:(?:hallo|ja|gut|also|bonjour|oui|bien|alors|hola|sí|pues|bueno|bitte|"
    r"gern(?:e)?)\b[,.!: -]*)*"
    r"(?:(?:ich (?:hei(?:ß|ss)e|bin)|je m['’]appelle|je suis|me llamo|soy|"
    r"(?:das|es|sie|er) (?:ist|wäre|lautet)(?: die| der| das)?|(?:meine?|die|der|das) [\w-]+ "
    r"(?:ist|lautet|wäre)|hier ist (?:sie|er|es)|c['’]est(?: le| la)?|(?:mon|ma|le|la) [\w-]+"
    r"(?: de [\w-]+)? est(?: le| la)?|voici|(?:es|sería)(?: el| la)?|(?:mi|el|la) [\w-]+"
    r"(?: de [\w-]+)? es(?: el| la)?|aquí (?:está|tiene))\b[,.: ]*)*",
    re.I,
)
"""What people put before the value when they answer a question."""
